// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/rate.h"

#include <algorithm>

/// A draft is what a month comes to now, less what was billed for it before, plus the same for each earlier month that is closed. So late
/// and reversed events are billed once, in the next invoice, and what an invoice that is void had billed is billed again.
namespace carma::billing {

namespace {

/// What invoices that count have billed under one key. A key and a first day name a line of a month.
struct Billed {
    InvoiceLine line;
    std::int64_t amount = 0;
    Decimal quantity;
    Sequence toPlace = 0;
};
using BilledLines = std::map<std::pair<std::string, std::int64_t>, Billed>;

bool isOfPlan(const InvoiceLine& line) { return line.kind != LineKind::Tax && line.kind != LineKind::Credit; }

Result<BilledLines> billedFor(const BillingBook& billing, std::string_view customer, const Month& month)
{
    BilledLines billed;
    for (const Invoice& invoice : billing.invoices()) {
        if (invoice.customer != customer || invoice.state == InvoiceState::Void) {
            continue;
        }
        for (const InvoiceLine& line : invoice.lines) {
            if (!isOfPlan(line) || Month::of(line.fromUs) != month) {
                continue;
            }
            Billed& sum = billed[{line.key, line.fromUs}];
            sum.line = line;
            CARMA_TRY_ASSIGN(sum.amount, addMinor(sum.amount, line.amount));
            CARMA_TRY_ASSIGN(sum.quantity, add(sum.quantity, line.quantity));
            sum.toPlace = std::max(sum.toPlace, line.toPlace);
        }
    }
    return billed;
}

/// Lines of a month less what was billed for it.
Result<std::vector<InvoiceLine>> unbilled(const Rating& rating, std::string_view customer, const Month& month)
{
    CARMA_TRY_ASSIGN(std::vector<InvoiceLine> lines, rateMonth(rating, customer, month));
    CARMA_TRY_ASSIGN(BilledLines billed, billedFor(rating.billing, customer, month));
    for (InvoiceLine& line : lines) {
        const auto before = billed.find({line.key, line.fromUs});
        if (before == billed.end()) {
            continue;
        }
        CARMA_TRY_ASSIGN(line.amount, addMinor(line.amount, -before->second.amount));
        CARMA_TRY_ASSIGN(line.quantity, subtract(line.quantity, before->second.quantity));
        line.fromPlace = before->second.toPlace;
        billed.erase(before);
    }
    for (auto& [key, gone] : billed) { // nothing is due under this key any more
        InvoiceLine line = gone.line;
        CARMA_TRY_ASSIGN(line.amount, addMinor(0, -gone.amount));
        CARMA_TRY_ASSIGN(line.quantity, subtract(Decimal(), gone.quantity));
        line.fromPlace = gone.toPlace;
        line.toPlace = line.meter.empty() ? 0 : rating.usage.endOf(customer);
        lines.push_back(std::move(line));
    }
    std::erase_if(lines, [](const InvoiceLine& line) { return line.amount == 0 && line.quantity.isZero(); });
    return lines;
}

Result<void> addAdjustments(const Rating& rating, const Month& month, Invoice& draft)
{
    std::int64_t first = month.fromUs();
    for (const Subscription& each : rating.billing.subscriptionsOf(draft.customer)) {
        first = std::min(first, each.fromUs);
    }
    for (Month earlier = Month::of(first); earlier < month; earlier = earlier.next()) {
        if (!isClosed(rating.billing, draft.customer, earlier)) {
            continue;
        }
        CARMA_TRY_ASSIGN(const auto lines, unbilled(rating, draft.customer, earlier));
        for (InvoiceLine line : lines) {
            const std::string prefix = toString(earlier) + ": ";
            line.kind = LineKind::Adjustment;
            line.text = line.text.starts_with(prefix) ? line.text : prefix + line.text;
            draft.lines.push_back(std::move(line));
        }
    }
    return {};
}

Result<std::int64_t> sumOf(const std::vector<InvoiceLine>& lines)
{
    std::int64_t sum = 0;
    for (const InvoiceLine& line : lines) {
        CARMA_TRY_ASSIGN(sum, addMinor(sum, line.amount));
    }
    return sum;
}

/// One line a tax, on the sum of what it is on.
Result<void> addTaxes(Invoice& draft)
{
    std::map<std::pair<std::string, std::string>, std::vector<InvoiceLine>> groups;
    for (const InvoiceLine& line : draft.lines) {
        if (!line.taxName.empty() && !line.taxPercent.isZero()) {
            groups[{line.taxName, toString(line.taxPercent)}].push_back(line);
        }
    }
    for (const auto& [name, lines] : groups) {
        CARMA_TRY_ASSIGN(const std::int64_t taxed, sumOf(lines));
        CARMA_TRY_ASSIGN(const Decimal net, Decimal::make(taxed, draft.currency.exponent));
        CARMA_TRY_ASSIGN(const Decimal percents, multiply(net, lines.front().taxPercent));
        CARMA_TRY_ASSIGN(const Decimal hundredth, Decimal::make(1, 2));
        CARMA_TRY_ASSIGN(const Decimal tax, multiply(percents, hundredth));
        InvoiceLine line;
        line.kind = LineKind::Tax;
        line.key = "tax:" + name.first + "/" + name.second;
        line.text = name.first + " " + name.second + " % on " + formatMinor(taxed, draft.currency);
        line.fromUs = draft.period.fromUs();
        line.toUs = draft.period.toUs();
        CARMA_TRY_ASSIGN(line.amount, toMinor(tax, draft.currency));
        draft.lines.push_back(std::move(line));
    }
    return {};
}

Result<void> useCredit(const Rating& rating, Invoice& draft)
{
    CARMA_TRY_ASSIGN(const std::int64_t due, sumOf(draft.lines));
    CARMA_TRY_ASSIGN(const std::int64_t credit, rating.billing.creditOf(draft.customer, draft.period.toUs()));
    if (due > 0 && credit > 0) {
        InvoiceLine line;
        line.kind = LineKind::Credit;
        line.key = "credit";
        line.text = "Prepaid credit";
        line.amount = -std::min(due, credit);
        line.fromUs = draft.period.fromUs();
        line.toUs = draft.period.toUs();
        draft.lines.push_back(std::move(line));
    }
    return {};
}

} // namespace

bool isClosed(const BillingBook& billing, std::string_view customer, const Month& month)
{
    const auto last = billing.lastBilled(customer);
    return last && *last >= month;
}

Result<Invoice> draftInvoice(const Rating& rating, std::string_view customer, const Month& month)
{
    const auto currency = rating.billing.currencyOf(customer);
    if (!currency) {
        return Error{ErrorCode::NotFound, "the customer '" + std::string(customer) + "' has no subscription"};
    }
    Invoice draft;
    draft.customer = customer;
    draft.currency = *currency;
    draft.period = month;
    draft.through = rating.usage.endOf(customer);
    CARMA_TRY_ASSIGN(draft.lines, unbilled(rating, customer, month));
    CARMA_TRY(addAdjustments(rating, month, draft));
    CARMA_TRY(addTaxes(draft));
    CARMA_TRY(useCredit(rating, draft));
    CARMA_TRY_ASSIGN(draft.total, sumOf(draft.lines));
    return draft;
}

} // namespace carma::billing
