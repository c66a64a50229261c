# The core is asked for a tenth of what the machine pays out.
title The amount changed between the legs
start 2026-03-07 13:00
minutes 60
rate 20/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

attack tampered-amount variant perfect at 00:20 for 10min cards 12 rate 0.5/s amount 300..900
