# Approvals of some minutes ago are sent once more, and approvals appear that nobody asked for.
title Replayed and injected approvals
start 2026-03-07 13:00
minutes 60
rate 20/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

attack replayed variant perfect at 00:15 for 10min cards 40 rate 0.3/s amount 50..200
attack injected variant perfect at 00:35 for 10min cards 12 rate 0.3/s amount 100..500
