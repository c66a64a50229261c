# Bank Muscat as it was, 19 February 2013: the limits of 12 prepaid cards were lifted inside the processor, which then
# approved 36000 withdrawals in 24 countries within ten hours. Both legs agree. The limits are in admin.jsonl, and so are
# counters that were reset again and again.
title Bank Muscat 2013, limits lifted inside the issuer
start 2013-02-19 16:00
minutes 780
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

attack genuine-unlimited variant perfect at 02:00 for 10h cards 12 rate 1/s amount 400..1500 countries 24 stripe lifted 90min resets 60min
