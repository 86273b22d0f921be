// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "billing/engine.h"
#include "journal/memory_journal.h"
#include "support/manual_clock.h"
#include "support/seeded_random.h"

#include <algorithm>
#include <string>

namespace carma::test {

inline std::int64_t at(std::string_view text)
{
    const auto time = parseUtc(text);
    return time.has_value() ? *time : -1;
}

inline Decimal dec(std::string_view text) { return Decimal::parse(text).value_or(Decimal(-999)); }

inline UsageEvent used(
    std::string id, std::string_view time, std::string_view value = "1", std::string meter = "queries", std::string customer = "anna")
{
    UsageEvent made;
    made.source = "test";
    made.id = std::move(id);
    made.customer = std::move(customer);
    made.meter = std::move(meter);
    made.value = dec(value);
    made.timeUs = at(time);
    return made;
}

/// JSON with ' for ", which reads better in C++.
inline std::string quoted(std::string text)
{
    std::ranges::replace(text, '\'', '"');
    return text;
}

/// A plan with a few fields in front of those that a test adds.
inline std::string planJson(std::string_view more, std::string_view id = "basic", std::string_view currency = "EUR")
{
    return quoted("{'carma_plan':1,'id':'" + std::string(id) + "','currency':'" + std::string(currency) +
        "','effective_from':'2026-01-01'" + (more.empty() ? "" : ",") + std::string(more) + "}");
}

/// Billing over a journal in memory, at noon of the 5th of November 2026 unless a test moves the clock.
class BillingFixture {
public:
    BillingFixture() { clock.setWallTimeUs(at("2026-11-05T12:00:00Z")); }

    Result<UsageReport> record(const UsageEvent& one) { return engine.record(std::span(&one, 1), false); }
    Result<UsageReport> record(const std::vector<UsageEvent>& many) { return engine.record(many, false); }
    Result<void> subscribe(std::string plan, std::string_view from, std::string customer = "anna")
    {
        return engine.subscribe({std::move(customer), std::move(plan), at(from), Subscription{}.toUs}, false);
    }
    /// Adds the plan and subscribes anna from January on.
    Result<void> begin(const std::string& json)
    {
        CARMA_TRY_ASSIGN(const Plan plan, engine.addPlan(json, false));
        return subscribe(plan.id, "2026-10-01");
    }
    std::size_t refusals() const
    {
        const auto notes = journal.notes();
        return static_cast<std::size_t>(std::ranges::count(notes, journal::Outcome::Refused, &journal::AuditNote::outcome));
    }

    ManualClock clock;
    SeededRandom random{1};
    journal::MemoryJournal journal{clock, random};
    billing::Engine engine{journal};
};

inline bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

inline const Month kOctober{2026, 10};
inline const Month kNovember{2026, 11};

inline std::int64_t sumOf(const Invoice& invoice)
{
    std::int64_t sum = 0;
    for (const InvoiceLine& line : invoice.lines) {
        sum += line.amount;
    }
    return sum;
}

inline std::string jsonOf(const Result<Invoice>& invoice)
{
    return invoice.has_value() ? exportInvoice(*invoice, InvoiceForm::Json).value_or("") : invoice.error().message;
}

} // namespace carma::test
