// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/segment/recovery.h"

#include <mutex>

namespace carma::log {

/// Segment over shard files. Files are opened for each read, so that what a repair renamed, or what somebody deleted, is
/// seen at once and no descriptors are held.
class SealedSegment final : public Segment {
public:
    explicit SealedSegment(SegmentContext context);

    [[nodiscard]] const SegmentInfo& info() const override { return m_context.info; }
    Result<void> read(std::uint64_t offset, ByteSpan out, std::vector<ShardDamage>* found) override;
    Salvage salvage() override;
    ScrubOutcome scrub() override;
    Result<RepairOutcome> repair(const std::string& quarantine) override;

private:
    using Table = std::shared_ptr<const CheckTable>; ///< shared: a read goes on with it while another thread replaces it

    /// A range of payload sectors and where the bytes go.
    struct Request {
        std::uint64_t offset = 0;
        ByteSpan out;
        [[nodiscard]] std::uint64_t firstSector() const { return offset / kSectorBytes; }
        [[nodiscard]] std::uint64_t lastSector() const { return (offset + out.size() - 1) / kSectorBytes; }
    };
    /// Rows that the quick way could not answer; empty if first > last.
    struct Rows {
        std::uint64_t first = ~std::uint64_t{0};
        std::uint64_t last = 0;
    };
    struct Window;

    Table checksOf(unsigned shard);
    CheckTable loadChecks(unsigned shard);
    CodeTable loadCodes(unsigned shard, std::uint64_t firstRow, std::uint64_t lastRow);
    void loadPages(unsigned shard, std::uint64_t firstSector, std::uint64_t count,
        const std::function<void(std::uint64_t page, ByteView payload)>& take);

    Rows readSound(const Request& request);
    void readLane(const Request& request, unsigned shard, Rows& failed);
    void loadLane(Window& window, unsigned shard);
    /// What came of the rows that the quick way could not answer.
    struct DamagedRead {
        std::vector<std::uint64_t> unanswered; ///< rows
        bool mayLearn = false;                 ///< learnChecks may help: some content lacks nothing but a proof
        std::vector<ShardDamage> damage;
    };
    DamagedRead readDamaged(const Request& request, const Rows& rows);
    static void report(const Window& window, std::vector<ShardDamage>& damage);
    void learnChecks();

    const SegmentContext m_context;
    const Parity m_parity;

    std::mutex m_mutex; ///< guards what follows
    std::vector<Table> m_checks;
    bool m_learned = false; ///< checks that no page holds any more were derived from the proven payload

    std::mutex m_learning; ///< held while the whole segment is recovered for learnChecks
};

} // namespace carma::log
