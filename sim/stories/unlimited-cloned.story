# Stripes of customers' cards were copied, and are drawn upon abroad in a Saturday night, three times each, by the issuer's
# leave; the customers go on using theirs at home. Neither pace nor place is much; together it tells. Twelve ordinary days
# come first.
title Cloned stripes of customers, three withdrawals each
start 2026-03-02 00:00
minutes 18000
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

attack genuine-unlimited variant perfect at 286:00 for 75min cards 40 rate 0.027/s amount 200..600 countries 3 machines 5 stripe customers
