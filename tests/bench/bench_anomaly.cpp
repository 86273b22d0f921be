// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/split_mix.h"
#include "bench_support.h"

#include <sstream>

/// What watching costs a request: counting it, closing windows, both detectors, and the records about what they find.
namespace carma::bench {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr double kUs = 1e6;

/// Requests of so many keys from as many sources, one key in a hundred much busier than the others.
AnomalyEvent eventOf(std::uint64_t number, std::size_t keys, SplitMix& random)
{
    AnomalyEvent event;
    const std::uint64_t key = random.next() % keys;
    event.key = "key-" + std::to_string(key % 100 == 0 ? 0 : key);
    event.source = "10." + std::to_string(key / 65'536) + "." + std::to_string(key / 256 % 256) + "." + std::to_string(key % 256);
    event.endpoint = "GET /v1/" + std::to_string(random.next() % 6);
    event.object = std::to_string(random.next() % 1000);
    event.bytes = 500 + random.next() % 2000;
    event.failed = random.next() % 50 == 0;
    event.timeUs = kSecondUs + static_cast<std::int64_t>(number) * kSecondUs / 2; // 7,200 an hour: windows end all the time
    return event;
}

void observe(Context& context, std::size_t keys)
{
    constexpr std::size_t kEvents = 200'000;
    Measure measure{"anomaly/observe one event, " + std::to_string(keys) + " keys", "us", {}, {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        BenchStore made = makeStore(context.folder + "/anomaly");
        SplitMix random(run);
        std::vector<AnomalyEvent> events;
        events.reserve(kEvents);
        for (std::size_t i = 0; i < kEvents; ++i) {
            events.push_back(eventOf(i, keys, random));
        }
        const Stopwatch watch;
        for (const AnomalyEvent& event : events) {
            must(made.store->anomalies().observe(event));
        }
        measure.samples.push_back({watch.seconds() * kUs / static_cast<double>(kEvents), 0});
        must(made.store->close());
    }
    context.reporter.report(measure);
}

void replay(Context& context)
{
    constexpr std::size_t kRows = 200'000;
    SplitMix random(1);
    std::ostringstream text;
    text << "a,b,c,d,e,f,g,h\n";
    for (std::size_t i = 0; i < kRows; ++i) {
        for (int column = 0; column < 8; ++column) {
            text << (column == 0 ? "" : ",") << random.next() % 10'000;
        }
        text << '\n';
    }
    const std::string csv = text.str();
    Measure measure{"anomaly/replay one row of 8 numbers", "us", {}, {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        std::size_t at = 0;
        const ReplayRead read = [&](std::span<char> into) -> Result<std::size_t> {
            const std::size_t count = csv.copy(into.data(), into.size(), at);
            at += count;
            return count;
        };
        const Stopwatch watch;
        must(replayAnomalies(
            read, {}, [](const ReplayAlarm&) {}, Task{}));
        measure.samples.push_back({watch.seconds() * kUs / static_cast<double>(kRows), 0});
    }
    context.reporter.report(measure);
}

const Registration kFew("anomaly", [](Context& context) {
    observe(context, 1'000);
    observe(context, 100'000); // more than have baselines
    replay(context);
});

} // namespace
} // namespace carma::bench
