# One hour for ./run demo: a lively bank with its usual troubles, and three robberies inside: the AIX
# fingerprint, a rewritten decline, and a perfect forgery.
title One bank hour with three robberies inside
start 2026-03-07 13:00
minutes 60
rate 12/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

outage by_silence at 00:26 for 2min
failover visa at 00:31
attack cashout-a variant aix at 00:18 for 5min cards 9 rate 0.4/s amount 100..500 countries 6 inquiries 8%
attack cashout-b variant linux at 00:35 for 4min cards 7 rate 0.3/s amount 100..400 countries 3
attack cashout-a variant perfect at 00:48 for 5min cards 5 rate 0.2/s amount 150..500 countries 8
