// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_maker.h"
#include "base/hash.h"
#include "bench_support.h"

#include <carma/clock.h>
#include <carma/keys.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

/// API keys: made in memory and durably, verified among a million, looked for in files; decisions about limits.
namespace carma::bench {
namespace {

constexpr std::size_t kGenerated = 2'000'000;
constexpr std::size_t kDistinct = 10'000'000;
constexpr std::size_t kStored = 1'000'000;
constexpr std::size_t kVerified = 1'000'000;
constexpr std::size_t kAtOnce = 100;
constexpr std::size_t kDecisions = 5'000'000;
constexpr std::size_t kSubjects = 100'000;
constexpr std::size_t kScanBytes = 512U << 20U;

/// Different owners, seats and permissions, as a server that enrols people makes them: one by one, and some at once.
void generate(Context& context)
{
    constexpr std::size_t kTogether = 64;
    constexpr std::string_view kDigits = "0123456789abcdef";
    Measure alone{"keys/generate in memory, one thread, one by one", "keys/s", {}, {}};
    Measure together{"keys/generate in memory, one thread, 64 at once", "keys/s", {}, {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        access::KeyMaker maker(systemRandom());
        std::array<char, access::kKeyFormMax> text{};
        std::uint64_t sum = 0;
        std::string user = "00000000";
        const Stopwatch watch;
        for (std::size_t i = 0; i < kGenerated; ++i) {
            user[i % user.size()] = kDigits[i / 8 % 16];
            const auto stem = access::makeStem(user, i * 3989, static_cast<KeyPermission>(i % 4));
            sum += static_cast<unsigned char>(text[maker.make(stem, text) - 1]);
        }
        alone.samples.push_back({static_cast<double>(kGenerated) / watch.seconds(), 0});
        std::vector<std::string> users(kTogether, user);
        std::vector<access::StemFields> fields(kTogether);
        std::vector<access::KeyStem> stems(kTogether);
        const Stopwatch second;
        for (std::size_t i = 0; i < kGenerated; i += kTogether) {
            for (std::size_t k = 0; k < kTogether; ++k) {
                users[k][i / kTogether % user.size()] = kDigits[(i + k) / 8 % 16];
                fields[k] = {users[k], (i + k) * 3989, static_cast<KeyPermission>(k % 4)};
            }
            access::makeStems(fields, stems);
            for (const access::KeyStem& stem : stems) {
                sum += static_cast<unsigned char>(text[maker.make(stem, text) - 1]);
            }
        }
        together.samples.push_back({static_cast<double>(kGenerated) / second.seconds(), 0});
        if (sum == 0) {
            fail({ErrorCode::Internal, "no keys were made"});
        }
    }
    context.reporter.report(alone);
    context.reporter.report(together);
}

void duplicates(Context& context)
{
    Measure measure{"keys/duplicates among 10,000,000", "keys", {}, {}};
    access::KeyMaker maker(systemRandom());
    const auto stem = access::makeStem("0123abcd", 17, KeyPermission::ReadOnly);
    std::array<char, access::kKeyFormMax> text{};
    std::vector<Hash128> hashes;
    hashes.reserve(kDistinct);
    for (std::size_t i = 0; i < kDistinct; ++i) {
        hashes.push_back(hash128(asBytes({text.data(), maker.make(stem, text)}), 0));
    }
    std::ranges::sort(hashes);
    std::size_t same = 0;
    for (std::size_t i = 1; i < hashes.size(); ++i) {
        same += hashes[i] == hashes[i - 1] ? 1 : 0;
    }
    measure.samples.push_back({static_cast<double>(same), 0});
    context.reporter.report(measure);
}

std::vector<NewKey> ownersFrom(std::size_t first, std::size_t count)
{
    std::vector<NewKey> keys(count);
    for (std::size_t i = 0; i < count; ++i) {
        keys[i].owner = "user-" + std::to_string(first + i);
        keys[i].rateClass = "internal";
    }
    return keys;
}

void createAndVerify(Context& context)
{
    const std::string path = context.folder + "/keys";
    std::filesystem::remove_all(path);
    BenchStore made = makeStore(path);
    Measure created{"keys/create durable, batches of 20,000", "keys/s", {}, {}};
    std::vector<SecretBytes> texts;
    texts.reserve(kStored);
    for (std::size_t done = 0; done < kStored; done += kKeysAtOnceMax) {
        const std::vector<NewKey> wanted = ownersFrom(done, kKeysAtOnceMax);
        const Stopwatch watch;
        auto issued = must(made.store->keys().createAll(wanted));
        created.samples.push_back({static_cast<double>(wanted.size()) / watch.seconds(), 0});
        for (IssuedKey& key : issued) {
            texts.push_back(std::move(key.text));
        }
    }
    context.reporter.report(created);
    Measure verified{"keys/verify among 1,000,000 stored, with limits and counts", "us", {}, {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        std::size_t accepted = 0;
        std::size_t at = run;
        double seconds = 0;
        std::vector<std::string> arrived(kAtOnce); // as from the network: the text is near, what is stored about it is not
        for (std::size_t i = 0; i < kVerified; i += kAtOnce) {
            for (std::string& text : arrived) {
                at = (at + 514'229) % kStored; // far from the last one, so that no cache has it
                text = asText(texts[at].view());
            }
            const Stopwatch watch;
            for (const std::string& text : arrived) {
                accepted += must(made.store->keys().check(text, {})).accepted() ? 1 : 0;
            }
            seconds += watch.seconds();
        }
        verified.samples.push_back({seconds * 1e6 / static_cast<double>(kVerified), 0});
        if (accepted != kVerified) {
            fail({ErrorCode::Internal, "a key that was made is not accepted"});
        }
    }
    context.reporter.report(verified);
    Measure loaded{"keys/load 1,000,000 at the first use", "s", {}, {}};
    must(made.store->close());
    made.store = openStore(path, true);
    const Stopwatch watch;
    must(made.store->keys().check(asText(texts.front().view()), {}));
    loaded.samples.push_back({watch.seconds(), 0});
    must(made.store->close());
    context.reporter.report(loaded);
}

void decisions(Context& context)
{
    Measure measure{"limits/decision among 100,000 subjects", "ns", {}, {}};
    const RateLimit limit = findRateClass("standard")->read;
    for (unsigned run = 0; run < context.runs; ++run) {
        Limiter limiter(systemClock());
        LimitKey key;
        std::size_t allowed = 0;
        const Stopwatch watch;
        for (std::size_t i = 0; i < kDecisions; ++i) {
            const std::size_t subject = i * 7919 % kSubjects;
            key.subject[0] = static_cast<std::uint8_t>(subject);
            key.subject[1] = static_cast<std::uint8_t>(subject >> 8U);
            key.subject[2] = static_cast<std::uint8_t>(subject >> 16U);
            allowed += must(limiter.take(key, limit)).allowed ? 1 : 0;
        }
        measure.samples.push_back({watch.seconds() * 1e9 / static_cast<double>(kDecisions), 0});
        if (allowed == 0) {
            fail({ErrorCode::Internal, "nothing was allowed"});
        }
    }
    context.reporter.report(measure);
}

void scan(Context& context)
{
    const std::string path = context.folder + "/scan.txt";
    access::KeyMaker maker(systemRandom());
    std::array<char, access::kKeyFormMax> text{};
    const auto stem = access::makeStem("0123abcd", 17, KeyPermission::ReadOnly);
    {
        std::ofstream file(path, std::ios::binary);
        const std::string words = prose(1, 8U << 20U);
        for (std::size_t written = 0; written < kScanBytes; written += words.size()) {
            file << words << '\n' << std::string_view(text.data(), maker.make(stem, text)) << '\n';
        }
    }
    Measure measure{"keys/scan prose, file in the page cache", "MB/s", {}, {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        const Stopwatch watch;
        const KeyScanReport report = must(scanForKeys(
            path, [](const std::string&, const KeyFinding&) {}, Task{}));
        measure.samples.push_back({static_cast<double>(report.bytes) / 1e6 / watch.seconds(), 0});
        if (report.findings != kScanBytes / (8U << 20U)) {
            fail({ErrorCode::Internal, "not all keys were found"});
        }
    }
    std::filesystem::remove(path);
    context.reporter.report(measure);
}

const Registration kGenerate("keys/generate", generate);
const Registration kDuplicates("keys/duplicates", duplicates);
const Registration kCreate("keys/create and verify", createAndVerify);
const Registration kScan("keys/scan", scan);
const Registration kDecide("limits/decision", decisions);

} // namespace
} // namespace carma::bench
