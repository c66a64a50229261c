# The pace of 15 May 2016 in Japan, with approvals of the issuer itself: 1600 cards, 1400 cash machines, three early hours of
# a Sunday, always the most a machine gives, 100000 yen. Nothing tells at the card system: the limits were not touched.
title Japan 2016, approved by the issuer itself
start 2016-05-14 17:00
minutes 360
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

attack genuine-unlimited variant perfect at 03:00 for 3h cards 1600 rate 1.3/s amount 100000 JPY machines 1400 stripe
