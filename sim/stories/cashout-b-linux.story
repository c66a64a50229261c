# Model B, Linux family: the request reaches the core, the core declines it (51), and the acquirer is told yes.
title Cash-out, model B with the Linux fingerprint
start 2026-03-07 13:00
minutes 60
rate 20/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

attack cashout-b variant linux at 00:20 for 10min cards 12 rate 0.5/s amount 100..500 countries 5
