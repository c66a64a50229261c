# The pace of 15 May 2016 in Japan: 1600 cards, 1400 cash machines, three early hours of a Sunday, always the
# most a machine gives, 100000 yen. The method here is the Linux family's, model A.
title The pace of Japan 2016
start 2016-05-14 19:40
minutes 220
rate 15/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

attack cashout-a variant linux at 00:20 for 3h cards 1600 rate 1.3/s amount 100000 JPY machines 1400
