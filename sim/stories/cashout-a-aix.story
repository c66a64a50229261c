# Model A, AIX family: the request is swallowed on the switch and an approval made up at once. The answer is
# a copy of a set of the request's elements (14, 22, 25, 35 among them), without DE38 and DE55; inquiries
# show a ledger balance in rupees. The issuer's leg shows nothing at all.
title Cash-out, model A with the AIX fingerprint
start 2026-03-07 13:00
minutes 60
rate 20/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min

attack cashout-a variant aix at 00:20 for 10min cards 12 rate 0.5/s amount 100..500 countries 5 inquiries 10%
