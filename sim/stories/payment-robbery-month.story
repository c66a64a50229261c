# Three quiet weeks, in which the bank's habits can be learned, then a robbery or two a day: what payment controls find by what
# the bank does, and what they do not.
title A month of payments with fourteen robberies in its last nine days
start 2026-03-01 00:00
minutes 44640
payments 300 a_day customers 120
new_correspondent at 216:00
attack altered-amount at 537:00 for 2h messages 4 times 10 lau wrong
attack forged-payment at 538:30 amount 480000..520000 USD to HK
attack reissued-order at 539:15 for 2h messages 3 amount 300000..800000 USD to SG
attack same-uetr at 562:00 for 1h messages 3
attack replayed-message at 586:00 for 1h messages 3
attack forged-payment at 588:30 for 40min messages 4 amount 850000..990000 USD to AE
attack free-instruction at 610:10 amount 1500000 USD to HK
attack free-instruction at 611:30 type 799 amount 2000000 USD to HK
attack forged-payment at 619:20 for 60min messages 12 amount 2000000..9000000 USD to PH persons misspelt lau none rejected_first queried unconfirmed
attack self-approved at 642:50 messages 2 amount 450000..700000 USD to AE
attack forged-payment at 643:20 for 20min messages 3 amount 600000..900000 USD to LK incomplete
attack smuggled-field at 705:00 for 2h messages 2
attack sequence-gap at 706:00 messages 3
attack unanswered-recall at 706:30 for 20min messages 2
