# The first days of the holidays: a quarter of the customers is abroad, in thirty-one countries and their currencies.
title Holiday travel
start 2026-07-31 00:00
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

travel at 00:00 for 200h share 25%
