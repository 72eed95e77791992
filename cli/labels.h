// The words around a decision as `check` and `why` print it, in the reader's language. Names that
// scripts and documents use (rules, steps, ids) are the same in all of them.
#ifndef DAFTAR_CLI_LABELS_H_
#define DAFTAR_CLI_LABELS_H_

#include <string>

#include "node/decision/language.h"

namespace daftar::cli {

// {1} and {2} stand for what is filled in.
struct Labels {
  const char* test_mode;  // the first line of a made-up answer
  const char* unknown_answer;
  const char* next;
  const char* partners;
  const char* records;
  const char* a_partner;
  const char* own_orders;
  const char* own_incident;
  const char* data_old;
  const char* data_at_most_old;  // for whoever may not see which partner it is
  const char* no_data;
  const char* one_record;
  const char* many_records;
  const char* counts;
  const char* counts_unweighed;  // of a partner that is not to be known
  const char* does_not_count;
  const char* counts_with_order;
  const char* age;
  const char* one_order;
  const char* many_orders;
  const char* with_outcome;
  const char* on_time;
  const char* late;
  const char* worst;
  const char* unpaid_orders;
  const char* beside;  // orders without an outcome
  const char* in_advance;
  const char* open;
  const char* overdue;
  const char* in_dispute;
  const char* broken;
  const char* not_paid;  // amounts
  const char* group;
  const char* allowed;
  const char* allowed_entry;
  const char* bounded;
  const char* receipt;
  // why only
  const char* checked;
  const char* by;
  const char* order;
  const char* no_amount;
  const char* policy;
  const char* log;
  const char* log_place;
  const char* decided_by;
  const char* rate;
  const char* prior;
  const char* fired;
  const char* not_fired;
  const char* none;
  const char* asks_for;
  const char* inputs;
  const char* bad;
  const char* weight;
  const char* one_entry;
  const char* many_entries;
  const char* witnessed;
  const char* seen_alone;
  const char* coverage;
  const char* overridden;
  const char* overridden_by;  // {1}: to what effect, {2}: who
  const char* overridden_before;
  const char* node_answered;  // {1}: what, {2}: its sentence
  const char* outcome;
  const char* paid;
  const char* paid_late;
  const char* unpaid;
};

const Labels& LabelsIn(decision::Language language);
// `label` with {1} and {2} replaced.
std::string Filled(const char* label, const std::string& first, const std::string& second = "");

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_LABELS_H_
