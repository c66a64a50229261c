# Model A, Windows family: only cards read by their stripe (DE22 begins with 9) are taken. The answer is the
# request without the card holder's data; inquiries show an available balance in Turkish lira.
title Cash-out, model A with the Windows fingerprint
start 2026-03-07 13:00
minutes 60
rate 20/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

attack cashout-a variant windows at 00:20 for 10min cards 12 rate 0.5/s amount 100..500 countries 5 inquiries 15%
