#!/bin/sh
# What a timer does, where there is no systemd: every minute, five minutes, hour and day. Each command may run twice.
turn=0
while true; do
  python manage.py prove_publications
  if [ $((turn % 5)) -eq 0 ]; then
    python manage.py send_notices
    python manage.py send_letters
    python manage.py send_typo_answers
    python manage.py resend_confirmations
    python manage.py learn_decisions
    python manage.py ask_spam_service
  fi
  if [ $((turn % 60)) -eq 0 ]; then
    python manage.py update_rates
    python manage.py check_links &  # takes minutes, and the proofs do not wait
  fi
  if [ $((turn % 1440)) -eq 0 ]; then
    python manage.py fold_reads
    python manage.py purge_pending
    python manage.py forget_readers
    python manage.py prune_drafts
    python manage.py clearsessions
    python manage.py prune_db_task_results
    python manage.py gather_statistics
  fi
  turn=$((turn + 1))
  sleep 60
done
