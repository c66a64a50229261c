# A long weekend with a festival: crowds, cash at few machines, late at night, some of it with the cards of neighbours
# abroad; and what else an ordinary day has.
title Festival weekend
start 2026-02-13 00:00
minutes 5760
rate 2/s
cards 200000
atms 600
shops 2500
habits usual
abroad 6%
stripe 0.3%
changes every 20min
troubles usual
skew core ahead 35ms
echo 60s
keepalive 45s

busy at 14:00 for 14h traffic 2x cash 65%
busy at 36:00 for 16h traffic 2.5x cash 65%
busy at 60:00 for 18h traffic 2.5x cash 60%
