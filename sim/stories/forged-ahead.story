# The request goes on to the core, but the made-up approval leaves before the core has answered. The core
# declines a little later; nobody hears it.
title Forged ahead of the issuer
start 2026-03-07 13:00
minutes 60
rate 20/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

attack forged-ahead variant perfect at 00:20 for 10min cards 12 rate 0.5/s amount 100..500 countries 5
