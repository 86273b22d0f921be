// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/picture_samples.h"

namespace carma::gui {

namespace {

constexpr std::string_view kPlan = R"({
  "carma_plan": 1, "id": "town", "text": "Town", "currency": "EUR", "effective_from": "2020-01-01",
  "flat": "49.00", "minimum": "60.00", "tax": {"name": "VAT", "percent": "19"}, "budget": "150.00",
  "charges": [
    {"meter": "queries", "text": "Queries", "model": "graduated", "included": 100, "quota": 4000,
     "tiers": [{"from": 0, "up_to": 1000, "price": "0.0035"}, {"from": 1000, "price": "0.001"}]},
    {"meter": "fragments", "text": "Passages kept", "model": "per_unit", "price": "0.0004"}
  ]
})";

struct SampleKey {
    const char *owner, *label, *rateClass;
    KeyPermission permission;
    unsigned days;         ///< until it ends; 0: never
    std::uint64_t credits; ///< 0: not counted
};

constexpr SampleKey kKeys[] = {
    {"town library", "reading room", "standard", KeyPermission::ReadOnly, 90, 5000},
    {"harbour office", "ship log", "standard", KeyPermission::ReadWrite, 365, 0},
    {"nightly import", "server 2", "bulk", KeyPermission::Service, 0, 0},
    {"museum", "kiosk", "global", KeyPermission::ReadOnly, 30, 250},
    {"anna", "laptop", "standard", KeyPermission::Admin, 180, 0},
    {"old website", "", "standard", KeyPermission::ReadOnly, 14, 0},
};

Result<void> makeKeys(Store& store, std::int64_t nowUs)
{
    std::vector<std::string> ids;
    for (const SampleKey& sample : kKeys) {
        NewKey key;
        key.owner = sample.owner;
        key.label = sample.label;
        key.rateClass = sample.rateClass;
        key.permission = sample.permission;
        key.expiresUs = sample.days == 0 ? 0 : (nowUs / kDayUs + sample.days) * kDayUs;
        if (sample.credits > 0) {
            key.credits = sample.credits;
        }
        CARMA_TRY_ASSIGN(const IssuedKey issued, store.keys().create(key));
        for (int use = 0; use < 3; ++use) {
            KeyUse wanted;
            wanted.space = "default";
            CARMA_TRY(store.keys().check(asText(issued.text.view()), wanted));
        }
        ids.push_back(toString(issued.info.id));
    }
    CARMA_TRY(store.keys().suspend(ids[3], "stolen tablet, 17 May"));
    CARMA_TRY(store.keys().revoke(ids[5], "replaced by the new site"));
    CARMA_TRY(store.keys().rotate(ids[1], kGraceDefaultUs, "yearly"));
    return store.keys().setClass({"partners", {100, kSecondUs, 200}, {20, kSecondUs, 40}, {2, kMinuteUs, 2}, false}, false);
}

/// So much a day that the days differ, the same in every run.
std::int64_t usedOn(std::int64_t day, std::int64_t salt) { return 20 + (day * 37 + salt * 53) % 97; }

Result<void> recordUsage(Store& store, const Month& first, std::int64_t nowUs)
{
    const char* customers[] = {"town library", "harbour office", "museum"};
    const std::int64_t today = nowUs / kDayUs;
    std::vector<UsageEvent> events;
    for (std::int64_t day = first.fromUs() / kDayUs; day < today; ++day) {
        for (std::int64_t customer = 0; customer < 3; ++customer) {
            for (std::int64_t meter = 0; meter < 2; ++meter) {
                UsageEvent event;
                event.source = "samples";
                event.id = std::to_string(day) + '.' + std::to_string(customer) + '.' + std::to_string(meter);
                event.customer = customers[customer];
                event.meter = meter == 0 ? "queries" : "fragments";
                event.value = Decimal(usedOn(day, customer * 2 + meter));
                event.timeUs = day * kDayUs + 9 * kHourUs;
                events.push_back(std::move(event));
            }
        }
    }
    CARMA_TRY(store.billing().record(events, false));
    for (const char* customer : customers) {
        CARMA_TRY(store.billing().subscribe({customer, "town", first.fromUs()}, false));
    }
    return {};
}

Month before(const Month& month) { return month.month > 1 ? Month{month.year, month.month - 1} : Month{month.year - 1, 12}; }

} // namespace

Result<void> fillSamples(Store& store, std::int64_t nowUs)
{
    CARMA_TRY(makeKeys(store, nowUs));
    CARMA_TRY(store.billing().addPlan(kPlan, false));
    const Month last = before(Month::of(nowUs));
    const Month first = before(before(last));
    CARMA_TRY(recordUsage(store, first, nowUs));
    for (const Month& month : {first, before(last)}) {
        for (const char* customer : {"harbour office", "museum", "town library"}) {
            CARMA_TRY(store.billing().finalise(customer, month, {}));
        }
    }
    CARMA_TRY(store.billing().finalise("town library", last, {}));
    for (const std::uint64_t number : {1U, 2U, 3U, 4U}) {
        CARMA_TRY(store.billing().pay(number, "bank transfer", false));
    }
    CARMA_TRY(store.billing().credit(5, 500, "two hours without service", false));
    return {};
}

} // namespace carma::gui
