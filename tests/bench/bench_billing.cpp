// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_support.h"
#include "store/store_impl.h"

#include <filesystem>

/// A million usage events of a month: recorded durably, read from the log and rated, rated again, and what counting costs an operation.
namespace carma::bench {
namespace {

constexpr std::size_t kEvents = 1'000'000;
constexpr std::size_t kBatch = 50'000;
constexpr std::size_t kCustomers = 100;
constexpr Month kMonth{2024, 10};
constexpr std::string_view kPlan = R"({"carma_plan":1,"id":"bench","currency":"EUR","effective_from":"2024-01-01","flat":"49.00",
"charges":[{"meter":"queries","model":"graduated","tiers":[{"from":0,"up_to":1000,"price":"0.0035"},{"from":1000,"price":"0.001"}]},
{"meter":"stored_gb","model":"per_unit","price":"0.00014"}]})";

std::vector<UsageEvent> batch(std::size_t first)
{
    std::vector<UsageEvent> events(kBatch);
    for (std::size_t i = 0; i < kBatch; ++i) {
        const std::size_t number = first + i;
        UsageEvent& event = events[i];
        event.source = "gateway-7";
        event.id = "request-" + std::to_string(number);
        event.customer = "customer-" + std::to_string(number % kCustomers);
        event.meter = number % 10 == 0 ? "stored_gb" : "queries";
        event.value = must(Decimal::make(static_cast<std::int64_t>(number % 977), 2));
        event.timeUs = kMonth.fromUs() +
            static_cast<std::int64_t>(number * 7919 % kEvents) * (30 * kDayUs / static_cast<std::int64_t>(kEvents));
    }
    return events;
}

std::int64_t rateAll(Store& store)
{
    std::int64_t total = 0;
    for (const std::string& customer : must(store.billing().customersOf(kMonth))) {
        total += must(store.billing().draft(customer, kMonth)).total;
    }
    return total;
}

void billingMillion(Context& context)
{
    Measure record{"billing/record durable, batches of 50,000", "events/s", {}, {}};
    Measure read{"billing/read 1,000,000 events and rate them", "s", {}, {}};
    Measure again{"billing/rate 1,000,000 events again", "s", {}, {}};
    Measure memory{"billing/memory of 1,000,000 events", "MiB", {}, {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        const std::string path = context.folder + "/billing";
        std::filesystem::remove_all(path);
        {
            BenchStore made = makeStore(path);
            must(made.store->billing().addPlan(kPlan, false));
            for (std::size_t i = 0; i < kCustomers; ++i) {
                must(made.store->billing().subscribe(
                    {"customer-" + std::to_string(i), "bench", kMonth.fromUs(), Subscription{}.toUs}, false));
            }
            double seconds = 0;
            for (std::size_t done = 0; done < kEvents; done += kBatch) {
                const auto events = batch(done);
                const Stopwatch watch;
                must(made.store->billing().record(events, false));
                seconds += watch.seconds();
            }
            record.samples.push_back({static_cast<double>(kEvents) / seconds, 0});
            must(made.store->close());
        }
        const auto store = openStore(path, true);
        resetPeakResident();
        const double before = peakResidentMiB();
        const Stopwatch first;
        const std::int64_t total = rateAll(*store);
        read.samples.push_back({first.seconds(), 0});
        memory.samples.push_back({peakResidentMiB() - before, 0});
        const Stopwatch second;
        if (rateAll(*store) != total || total == 0) {
            fail({ErrorCode::Internal, "rating the same month twice gave two sums"});
        }
        again.samples.push_back({second.seconds(), 0});
    }
    context.reporter.report(record);
    context.reporter.report(read);
    context.reporter.report(again);
    context.reporter.report(memory);
}

void billingCount(Context& context)
{
    constexpr std::size_t kCounts = 1'000'000;
    Measure measure{"billing/admit and count one operation", "ns", {}, {}};
    const std::string path = context.folder + "/billing-count";
    std::filesystem::remove_all(path);
    BenchStore made = makeStore(path);
    must(made.store->billing().addPlan(kPlan, false));
    billing::Metering& metering = static_cast<store::StoreImpl&>(*made.store).core().metering();
    for (unsigned run = 0; run < context.runs; ++run) {
        const Stopwatch watch;
        for (std::size_t i = 0; i < kCounts; ++i) {
            must(metering.admit("default", billing::Measure::Queries));
            metering.count("default", billing::Measure::Queries, 1);
        }
        measure.samples.push_back({watch.seconds() * 1e9 / static_cast<double>(kCounts), 0});
    }
    must(made.store->close());
    context.reporter.report(measure);
}

const Registration kMillion("billing/million", billingMillion);
const Registration kCount("billing/count", billingCount);

} // namespace
} // namespace carma::bench
