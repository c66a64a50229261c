# An unlimited operation: the thieves have lifted the limits inside the core, which now approves by itself.
# Nothing is forged, both legs agree, and a pairing must stay silent; limits and profiles catch this.
title Limits lifted, approvals genuine
start 2026-03-07 13:00
minutes 60
rate 20/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

attack genuine-unlimited variant perfect at 00:20 for 30min cards 5 rate 1/s amount 400..1000 countries 20
