# The core signs off for a while, the switch honestly stands in, and among its approvals are some that nobody
# tells the core about afterwards. The capture goes on past the four hours the policy gives an advice.
title Forged approvals in the shade of an outage
start 2026-03-07 13:00
minutes 300
rate 8/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

outage by_sign_off at 00:20 for 10min
attack forged-stand-in variant perfect at 00:22 for 6min cards 12 rate 0.4/s amount 50..250
