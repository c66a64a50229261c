# An hour in which most of what can go wrong goes wrong often: troubles that are rare on their own meet in one payment,
# such as a partial approval of the core that comes when the switch has long stood in for it.
title An innocent hour of great bad luck
start 2026-03-02 09:00
minutes 60
rate 20/s
cards 40000
atms 600
shops 2500
skew core ahead 35ms
troubles usual
trouble partial 10%
trouble core_late 5%
trouble core_mute 2%
trouble late_answer 2%
trouble cancelled 3%
trouble repeat_answer 3%
trouble repeat_request 3%
echo 60s
keepalive 45s

outage by_silence at 00:20 for 2min
outage by_sign_off at 00:40 for 5min
