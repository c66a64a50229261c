# Thursday evening before a weekend: as in 2016, many orders in an hour, refused at first and sent again, private people as
# beneficiaries, a name misspelt; then the messages, the confirmations and the lines of the statements are taken away. The
# correspondent asks, nobody answers; on Monday the bank recalls.
title Thirty-five forged payments in a night, and their traces removed
start 2026-03-05 00:00
minutes 7200
payments 90 a_day customers 80
attack forged-payment at 19:20 for 60min messages 35 amount 2000000..30000000 USD to PH persons misspelt lau none rejected_first queried erased unconfirmed hidden carried
attack unanswered-recall at 104:30 for 20min messages 5
