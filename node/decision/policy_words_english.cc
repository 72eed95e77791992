#include "node/decision/policy_words_tables.h"

namespace daftar::decision {
namespace {

constexpr PolicyTexts kTexts = {
    .numbers = {{
        {"rate", "prior_ppm",
         "As long as the shop has no finished orders of its own, it expects {1} of orders to be "
         "paid late or not at all."},
        {"rate", "k_ppm",
         "What is usual in the shop weighs as much in each answer as this many orders of the "
         "customer: {1}."},
        {"rate", "prior_orders",
         "What the shop expected at the start weighs as much as this many of its own finished "
         "orders: {1}."},
        {"rate", "settled_share_ppm",
         "Once a customer has made good, {1} of what the record counted against them is left."},
        {"rate", "further_kind_ppm",
         "Trouble of several kinds counts {1} more for each kind after the first."},
        {"partners", "max_weight_ppm",
         "The record of one partner shop never counts more than this many bad orders of your own: "
         "{1}."},
        {"partners", "weight_ppm",
         "The record of a partner shop of whose reports you know nothing yet counts as this many "
         "bad orders of your own: {1}."},
        {"own_orders", "late_after_days",
         "An order is late when it is paid more than {1} after it was due."},
        {"own_orders", "late_paid_ppm",
         "An order paid late counts {1} against the customer; a bad order counts 1."},
        {"own_orders", "unpaid_ppm",
         "An order that was never paid counts {1} against the customer; a bad order counts 1."},
        {"own_orders", "half_life_days",
         "Old trouble fades: an order paid late or not at all counts half as much after {1}."},
        {"thresholds", "deposit_ppm",
         "Where {1} or more of such orders are expected to be paid late or not at all, a deposit "
         "is "
         "asked."},
        {"thresholds", "prepay_ppm",
         "Where {1} or more of such orders are expected to be paid late or not at all, full "
         "payment "
         "is asked first."},
        {"thresholds", "review_ppm",
         "Where {1} or more of such orders are expected to be paid late or not at all, somebody in "
         "the shop decides."},
        {"thresholds", "decline_ppm",
         "Where {1} or more of such orders are expected to be paid late or not at all, the order "
         "is "
         "not taken."},
        {"debt", "deposit_days",
         "Who owes you for an earlier order that is {1} or more past due is asked for a deposit."},
        {"debt", "prepay_days",
         "Who owes you for an earlier order that is {1} or more past due is asked for full payment "
         "first."},
        {"local", "review_ppm",
         "Somebody in the shop decides when what you noted for yourself about a customer adds up "
         "to {1} or more."},
        {"local", "part_well_ppm",
         "Parting on good terms is proposed when what you noted for yourself about a customer adds "
         "up to {1} or more."},
        {"mitigation", "shop_at_fault_ppm",
         "Where the shop was at fault itself, {1} of what an incident counts is left."},
        {"mitigation", "told_in_time_ppm",
         "Where the customer told you in time, {1} of what an incident counts is left."},
        {"mitigation", "kept_plan_ppm",
         "Where the customer then kept a payment plan, {1} of what an incident counts is left."},
        {"order", "cod_share_ppm",
         "With payment on delivery, {1} of what could be lost on credit is still at stake."},
        {"order", "unusual_times",
         "A deposit is asked when an order, with what is still open, comes to this many times what "
         "the customer usually buys: {1}.",
         "No deposit is asked because an order is far larger than usual."},
        {"order", "unusual_least_orders",
         "What a customer usually buys is known from this many paid orders on: {1}."},
        {"order", "deposit_share_ppm",
         "A deposit is {1} of the price, unless the customer's group says otherwise."},
        {"good_customer", "first_slip_orders",
         "The first slip of a good customer is met one step more mildly from this many orders paid "
         "on time on: {1}.",
         "The first slip of a good customer is met like any other."},
        {"good_customer", "plan_orders",
         "A payment plan is offered to a customer from this many orders paid on time on: {1}.",
         "No customer is offered a payment plan."},
        {"good_customer", "plan_instalments", "A payment plan has {1} instalments."},
        {"good_customer", "plan_interval_days",
         "From one instalment of a payment plan to the next it is {1}."},
    }},
    .partners_cap = "The records of partner shops alone never ask for more than this: {1}.",
    .stale_cap =
        "Records of partner shops that have not been refreshed in time never ask for more than "
        "this: {1}.",
    .reason_weight =
        "A record of this kind counts {1} against the customer ({2}); a bad order counts 1.",
    .reason_half_life = "A record of this kind counts half as much after {1} ({2}).",
};
static_assert(IsComplete(kTexts));

}  // namespace

const PolicyTexts& EnglishPolicyTexts() { return kTexts; }

}  // namespace daftar::decision
