# Model A, Linux family: fourteen elements of the request are removed, PIN data among them; DE48 is "0387T";
# the balance is drawn anew each time, 12000 to 30000 Turkish lira; DE38 is blank on withdrawals.
title Cash-out, model A with the Linux fingerprint
start 2026-03-07 13:00
minutes 60
rate 20/s
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s
outage by_sign_off at 00:05 for 2min
failover core at 00:09

attack cashout-a variant linux at 00:20 for 10min cards 12 rate 0.5/s amount 100..500 countries 5 inquiries 15%
