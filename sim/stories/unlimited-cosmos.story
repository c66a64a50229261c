# The pace of Cosmos Bank, 11 August 2018, with approvals of the issuer itself: cloned cards in 28 countries and at home,
# seven hours, most of it in two.
title Cosmos Bank 2018, approved by the issuer itself
start 2018-08-11 07:00
minutes 600
rate 5/s
cards 120000
atms 600
shops 2500
habits usual
abroad 6%
stripe 0.3%
changes every 20min
troubles usual
skew core ahead 35ms
echo 60s
keepalive 45s

attack genuine-unlimited variant perfect at 02:30 for 7h cards 300 rate 0.29/s amount 90..2000 countries 28 stripe
attack genuine-unlimited variant perfect at 04:30 for 2h cards 150 rate 0.65/s amount 90..2000 countries 28 stripe
attack genuine-unlimited variant perfect at 02:30 for 7h cards 100 rate 0.113/s amount 50..300 stripe
