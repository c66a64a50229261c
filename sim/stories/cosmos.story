# The pace of Cosmos Bank, 11 August 2018: about 12000 withdrawals in 28 countries and 2849 at home in seven
# hours, most of them in two. Requests never reached the core.
title The pace of Cosmos Bank 2018
start 2018-08-11 09:00
minutes 480
rate 15/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

attack cashout-a variant perfect at 00:30 for 7h cards 300 rate 0.29/s amount 90..2000 countries 28
attack cashout-a variant perfect at 02:30 for 2h cards 150 rate 0.65/s amount 90..2000 countries 28
attack cashout-a variant perfect at 00:30 for 7h cards 100 rate 0.113/s amount 50..300
