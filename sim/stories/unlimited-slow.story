# Patience, with approvals of the issuer itself: one withdrawal per card and day, at home, in sums nobody looks at twice, by
# cards cloned from their stripes. Eight ordinary days come first, so that a bank's habit is known.
title A slow unlimited operation: one withdrawal per card and day
start 2026-03-02 00:00
minutes 14400
rate 0.5/s
cards 60000
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

attack genuine-unlimited variant perfect at 194:00 for 46h cards 2000 rate 0.02/s amount 50..200 machines 400 once_a_day stripe
