# Model C: the bank signs off from the scheme, honest traffic stops, and yet approvals go out on the acquirer's
# leg. The core sees none of them.
title Approvals while the bank is signed off
start 2026-03-07 13:00
minutes 60
rate 20/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

sign_off visa at 00:19 for 14min
attack signed-off variant perfect at 00:21 for 10min cards 12 rate 0.5/s amount 100..500 countries 5
