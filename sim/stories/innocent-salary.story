# Salaries are paid on a Friday: from the early morning on twice as many customers come, most of them for cash, and some
# draw more than once. The day before and the two behind it are ordinary.
title Salary day
start 2026-05-28 00:00
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

busy at 29:00 for 18h traffic 2.2x cash 60%
busy at 53:00 for 16h traffic 1.5x cash 50%
