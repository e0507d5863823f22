#!/usr/bin/env bash
# Prints a policy for measuring whole lives: bench_policy.sh AGENTS. Many agents of large capacity, so that the engine
# is what is measured and not how long somebody types.
set -euo pipefail
agents=${1:-200}
cat <<'TEXT'
tenants:
  - id: luna
    name: Benchmark
    languages: [es, en, bg, pt, fr, it, de]
    api_keys: ["plain:luna-demo-key"]
intents: [order_status, payment_billing, return_refund, other]
rules:
  - {name: order, intent: order_status, any: {es: [mi pedido, en reparto], en: [my order], bg: [поръчката], de: [mein paket]}}
  - {name: pay, intent: payment_billing, any: {es: [pagar, tarjeta], en: [charged twice], fr: [paiement]}}
  - {name: back, intent: return_refund, any: {es: [devolver], en: [refund], pt: [reembolso]}}
routes:
  - {name: billing, when: {intents: [payment_billing]}, pool: billing, steps: [{queue: general}]}
  - {name: returns, when: {intents: [return_refund]}, pool: returns, steps: [{queue: general}]}
  - {name: orders, when: {intents: [order_status]}, pool: orders, steps: [{queue: general}]}
  - {name: everything_else, pool: care, steps: [{queue: general}]}
clocks:
  - {name: answer, kind: first_response, target: 30m, warn: [10m]}
channels:
  chat: {units: 1}
  email: {units: 1}
  whatsapp: {units: 1}
  form: {units: 1}
  instagram: {units: 1}
pools:
TEXT
for pool in care orders billing returns; do
  echo "  - {name: $pool, queues: [general], patience: {low: 20s, normal: 10s, high: 4s, critical: 1s}, offer_lease: 30s, silence: 10m}"
done
echo "agents:"
pools=(care orders billing returns)
for ((i = 1; i <= agents; i++)); do
  echo "  - {id: agent-$i, name: Agent $i, pool: ${pools[i % 4]}, capacity: 100, languages: [es, en, bg, pt, fr, it, de]}"
done
