// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "disk/sim_disk.h"
#include "log/engine/log.h"
#include "log/engine/log_verify.h"
#include "support/manual_clock.h"
#include "support/seeded_random.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace carma::test {

/// What a log must hold, as the caller of append knows it.
struct Oracle {
    struct Entry {
        std::size_t space = 0; ///< position in LogFixture::spaces
        std::string text;
    };
    std::map<Sequence, Entry> acknowledged;
    std::set<Sequence> purged;
    std::set<Sequence> maybePurged;                ///< a purge of them failed
    std::vector<std::vector<std::string>> unknown; ///< texts of batches whose append failed: each is there as a whole or not at all
};

/// The log of a store of 4 + 2 folders with two namespaces, on a simulated disk; verbs for what tests do with it.
class LogFixture {
public:
    static constexpr std::uint32_t kSegmentBytes = 12U << 10U;

    /// `threads` > 1: with a thread executor.
    explicit LogFixture(std::uint64_t seed = 1, std::size_t threads = 1);
    ~LogFixture() { log.reset(); }
    LogFixture(const LogFixture&) = delete;
    LogFixture& operator=(const LogFixture&) = delete;

    Result<void> open();
    Result<std::unique_ptr<log::Log>> openReader();
    Result<void> close();
    Result<void> reopen();
    /// The power goes while the log is open, and comes back.
    void crash(disk::SimCrash how);

    struct Saved {
        disk::SimSnapshot disk;
        Oracle oracle;
    };
    /// REQUIRES: the log is closed
    Saved save() const { return {disk.snapshot().value(), oracle}; }
    /// Everything is as it was saved; the log is closed.
    void restore(const Saved& saved);

    /// Appends a batch of texts of the given sizes and notes what became of it.
    Result<void> append(const std::vector<std::size_t>& sizes, std::size_t space = 0);
    Result<void> appendTexts(const std::vector<std::string>& texts, std::size_t space = 0);
    /// So many batches of mixed sizes in both namespaces: some 1.5 KB each.
    Result<void> fill(unsigned batches);
    Result<void> purge(const std::vector<Sequence>& sequences);
    Result<log::LogRepair> heal() { return log->heal(Task{}); }
    Result<log::LogRepair> scrub() { return log->scrub(Task{}); }

    /// A text of that size which is like no other, and which no compression makes much smaller.
    std::string text(std::size_t size);

    /// Empty if the log holds what it must; else the first thing that is wrong. Losses are wrong unless `lost` takes them.
    std::string check(log::Log& reading, std::set<Sequence>* lost = nullptr) const;
    std::string check(std::set<Sequence>* lost = nullptr) const { return check(*log, lost); }
    /// Heals until nothing is left to do and checks everything, also that the log can still be written to.
    std::string checkSound();

    /// Bytes of records that lie in tails.
    struct InTail {
        std::uint64_t segment = 0;
        std::uint64_t offset = 0; ///< among the records of its segment
        Bytes record;
    };
    std::map<Sequence, InTail> recordsInTails();
    /// Whether `file` holds a piece of the record's sealed body.
    static bool holds(ByteView file, ByteView record);
    /// The first file that does; empty if none does.
    std::string fileWith(ByteView record) const;
    std::vector<std::string> filesNamed(std::string_view part) const;
    static std::string folder(unsigned number) { return "shards/" + std::to_string(number); }
    static log::RecordType typeOf(log::Log& reading, Sequence sequence);

    disk::SimDisk disk;
    Disk* seen = &disk; ///< the disk that the log is given; tests may put another one in front
    ManualClock clock;
    SeededRandom random;
    std::unique_ptr<Executor> executor;
    log::LogOptions options;
    log::Superblock superblock;
    std::optional<log::MasterKeys> keys;
    std::vector<NamespaceId> spaces;
    std::unique_ptr<log::Log> log;
    Oracle oracle;

private:
    std::string checkStrangers(const std::map<Sequence, std::string>& strangers) const;

    unsigned m_texts = 0;
};

/// Power cuts that hit one read more than the cut before leave the same disk: one of them is enough.
class CutFilter {
public:
    explicit CutFilter(const disk::SimDisk& disk) : m_disk(disk) {}
    void begin() { m_start = changes(); }
    /// Whether the cut since begin() is like the one before it.
    bool isRepetition()
    {
        const std::uint64_t now = changes() - m_start;
        const bool hitRead = m_last == now;
        m_last = now;
        return std::exchange(m_lastHitRead, hitRead) && hitRead;
    }

private:
    [[nodiscard]] std::uint64_t changes() const { return m_disk.opCount(disk::SimOp::Write) + m_disk.opCount(disk::SimOp::Sync); }

    const disk::SimDisk& m_disk;
    std::uint64_t m_start = 0;
    std::uint64_t m_last = ~std::uint64_t{0};
    bool m_lastHitRead = false;
};

/// Restores `saved` and runs `work` with operation n failing as `failure` says, for n = 0, 1, 2, ... until none fails any more. The log
/// must tell the truth at once, and be sound after another opening. Empty, or what is wrong and at which n.
std::string failAtEach(LogFixture& fixture, const LogFixture::Saved& saved, disk::SimFailure failure, const std::function<void()>& work);

/// The same with a power cut at operation n.
std::string cutAtEach(LogFixture& fixture, const LogFixture::Saved& saved, disk::SimCrash how, const std::function<void()>& work);

} // namespace carma::test

/// Fails with the sentence that a check returned.
#define VERIFY_NOTHING_WRONG(expression)                                                                                                   \
    do {                                                                                                                                   \
        const std::string carmaWrong = (expression);                                                                                       \
        QVERIFY2(carmaWrong.empty(), carmaWrong.c_str());                                                                                  \
    } while (false)
