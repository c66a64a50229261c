# Cards with chip and PIN in the hands of many helpers in one country abroad: each draws once or twice, in sums of all sorts,
# by the issuer's leave. No card does anything odd; all of them together do. Twenty ordinary days come first.
title Many cards, one country, an hour
start 2026-03-02 00:00
minutes 28860
rate 0.1/s
cards 12000
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

attack genuine-unlimited variant perfect at 480:00 for 1h cards 250 rate 0.1/s amount 60..600 countries 1 machines 300
