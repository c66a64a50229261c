# A whole day at a small bank, with every honest trouble a detector must not mistake for a robbery:
# declines, partial approvals, withdrawals abroad in other currencies, customers who give up, answers that
# come late or twice, a core that is silent or signs off while the switch stands in, a connection that fails
# over, and taps whose clocks differ.
title An innocent day with all its troubles
start 2026-03-02 00:00
minutes 1440
rate 20/s
cards 40000
atms 600
shops 2500
skew core ahead 35ms
troubles usual
echo 60s
keepalive 45s

outage by_sign_off at 00:12 for 3min
outage by_silence at 00:26 for 2min
failover visa at 00:35
failover core at 00:41
sign_off visa at 00:47 for 3min
outage by_sign_off at 06:30 for 20min
outage by_silence at 12:10 for 4min
failover visa at 15:00
failover core at 18:20
sign_off visa at 23:00 for 5min
