// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"

#include <algorithm>

namespace carma::test {

using namespace carma::log;

namespace {

std::string named(Sequence sequence) { return "record " + std::to_string(sequence); }

} // namespace

/// Fragments that nobody was told are there: each must belong to a batch of unknown fate that is there as a whole, in order.
std::string LogFixture::checkStrangers(const std::map<Sequence, std::string>& strangers) const
{
    std::set<Sequence> explained;
    for (const auto& batch : oracle.unknown) {
        const auto first = std::ranges::find_if(strangers, [&](const auto& item) { return item.second == batch.front(); });
        if (first == strangers.end()) {
            continue;
        }
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const auto record = strangers.find(first->first + i);
            if (record == strangers.end() || record->second != batch[i]) {
                return named(first->first) + " begins a batch that is there in part";
            }
            explained.insert(record->first);
        }
    }
    for (const auto& [sequence, text] : strangers) {
        if (!explained.contains(sequence)) {
            return named(sequence) + " comes from nowhere, or its batch is not whole";
        }
    }
    return {};
}

std::string LogFixture::check(Log& reading, std::set<Sequence>* lost) const
{
    std::string wrong;
    Sequence next = 0;
    std::map<Sequence, std::string> strangers;
    std::size_t seenCount = 0;
    const auto visit = [&](const ScanItem& item) -> Result<bool> {
        if (item.sequence != next) {
            wrong = named(item.sequence) + " comes where " + named(next) + " should";
            return false;
        }
        next += std::max<std::uint64_t>(item.lostCount, 1);
        if (item.lostCount > 0) {
            for (Sequence i = item.sequence; i < next && lost != nullptr; ++i) {
                lost->insert(i);
                seenCount += oracle.acknowledged.contains(i) ? 1 : 0;
            }
            wrong = lost == nullptr ? named(item.sequence) + " is lost" : "";
            return lost != nullptr;
        }
        const auto entry = oracle.acknowledged.find(item.sequence);
        if (entry == oracle.acknowledged.end()) {
            if (item.header->type == RecordType::Fragment && !item.header->purged()) {
                strangers[item.sequence] = toString(item.body);
            }
            return true;
        }
        ++seenCount;
        const bool mayBePurged = oracle.purged.contains(item.sequence) || oracle.maybePurged.contains(item.sequence);
        const bool right = item.header->purged() ? mayBePurged
                                                 : !oracle.purged.contains(item.sequence) &&
                item.header->space == spaces[entry->second.space] && asText(item.body) == entry->second.text;
        wrong = right ? "" : named(item.sequence) + " is not what was acknowledged";
        return right;
    };
    const auto scanned = reading.scan(0, kNoSequence, visit, Task{});
    if (!scanned.has_value()) {
        return "scan failed: " + scanned.error().message;
    }
    if (!wrong.empty()) {
        return wrong;
    }
    if (next != reading.end() || seenCount != oracle.acknowledged.size()) {
        return "of " + std::to_string(oracle.acknowledged.size()) + " acknowledged records " + std::to_string(seenCount) + " are there";
    }
    for (const auto& [sequence, entry] : oracle.acknowledged) {
        const auto record = reading.read(sequence);
        const bool isLost = lost != nullptr && lost->contains(sequence);
        const bool gone = oracle.purged.contains(sequence) || oracle.maybePurged.contains(sequence);
        const bool right = record.has_value()
            ? !isLost && !oracle.purged.contains(sequence) && asText(record->body) == entry.text
            : (isLost && record.error().code == ErrorCode::Corruption) || (gone && record.error().code == ErrorCode::NotFound);
        if (!right) {
            return "reading " + named(sequence) + ": " + (record.has_value() ? "not what was acknowledged" : record.error().message);
        }
    }
    return checkStrangers(strangers);
}

std::string LogFixture::checkSound()
{
    const auto healed = heal();
    if (!healed.has_value()) {
        return "heal failed: " + healed.error().message;
    }
    if (const std::string wrong = check(); !wrong.empty()) {
        return "after heal: " + wrong;
    }
    const Hash128 before = disk.fingerprint("shards");
    const auto again = heal();
    if (!again.has_value() || again->bytesWritten != 0 || again->damage.faultsCount != 0 || disk.fingerprint("shards") != before) {
        return "the second heal found something to do: " +
            (!again.has_value()                    ? again.error().message
                    : again->damage.faults.empty() ? std::to_string(again->bytesWritten) + " bytes"
                                                   : again->damage.faults.front().file);
    }
    for (const auto& step : {append({300, 20}), log->seal(), append({150}, 1)}) {
        if (!step.has_value()) {
            return "the healed log cannot be written: " + step.error().message;
        }
    }
    const auto history = verifyHistory(*log, Task{});
    if (!history.has_value() || !history->problems.empty()) {
        return "history: " + (history.has_value() ? history->problems.front() : history.error().message);
    }
    return check();
}

std::string failAtEach(LogFixture& fixture, const LogFixture::Saved& saved, disk::SimFailure failure, const std::function<void()>& work)
{
    for (std::uint64_t n = 0;; ++n) {
        fixture.restore(saved);
        const std::uint64_t before = fixture.disk.opCount(failure.on);
        failure.after = n;
        fixture.disk.failOps(failure);
        work();
        const bool met = fixture.disk.opCount(failure.on) - before > n;
        const std::string at = "failure at operation " + std::to_string(n) + ": ";
        fixture.disk.clearFailures();
        if (fixture.log != nullptr) {
            if (const std::string wrong = fixture.check(); !wrong.empty()) {
                return at + wrong;
            }
            if (const auto appended = fixture.append({80}); !appended.has_value()) {
                return at + "no append afterwards: " + appended.error().message;
            }
        }
        if (const auto opened = fixture.open(); !opened.has_value()) {
            return at + "no opening afterwards: " + opened.error().message;
        }
        if (const std::string wrong = fixture.check(); !wrong.empty()) {
            return at + "opened again, " + wrong;
        }
        if (const std::string wrong = fixture.checkSound(); !wrong.empty()) {
            return at + wrong;
        }
        if (!met) {
            return n > 0 ? "" : "no operation failed";
        }
    }
}

std::string cutAtEach(LogFixture& fixture, const LogFixture::Saved& saved, disk::SimCrash how, const std::function<void()>& work)
{
    CutFilter filter(fixture.disk);
    for (std::uint64_t n = 0;; ++n) {
        fixture.restore(saved);
        filter.begin();
        fixture.disk.cutPowerAfter(n);
        work();
        const bool met = fixture.disk.powerIsOff();
        if (filter.isRepetition() && met) {
            continue;
        }
        fixture.crash(how);
        const std::string at = "power cut at operation " + std::to_string(n) + ": ";
        if (const auto opened = fixture.open(); !opened.has_value()) {
            return at + "no opening afterwards: " + opened.error().message;
        }
        if (const std::string wrong = fixture.check(); !wrong.empty()) {
            return at + wrong;
        }
        if (const std::string wrong = fixture.checkSound(); !wrong.empty()) {
            return at + wrong;
        }
        if (!met) {
            return n > 0 ? "" : "the power stayed on";
        }
    }
}

} // namespace carma::test
