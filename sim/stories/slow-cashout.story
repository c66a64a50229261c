# Patience: one withdrawal per card and day, at home, in sums nobody looks at twice. Two days.
title A slow cash-out: one withdrawal per card and day
start 2026-03-04 00:00
minutes 2880
rate 5/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

attack cashout-a variant perfect at 00:10 for 48h cards 2000 rate 0.02/s amount 50..200 machines 400 once_a_day
