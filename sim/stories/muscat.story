# The pace of Bank Muscat, 19 February 2013: 36000 withdrawals with 12 cards in 24 countries within ten hours.
# There the limits were lifted at the processor; here the core declines and the acquirer is told yes, so that
# the pairing is tried at this pace (for lifted limits see unlimited-genuine).
title The pace of Bank Muscat 2013
start 2013-02-19 19:00
minutes 630
rate 15/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

attack cashout-b variant perfect at 00:20 for 10h cards 12 rate 1/s amount 400..1500 countries 24
