// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/journal.h"

namespace carma::store {

class StoreCore;

/// The journal of an open store: entries are records of its log, found through the catalog.
class StoreJournal final : public journal::Journal {
public:
    explicit StoreJournal(StoreCore& core) : m_core(core) {}

    Result<Sequence> append(std::span<const journal::NewEntry> entries, const journal::AuditNote& note) override;
    Result<Sequence> append(std::span<const journal::NewEntry> entries) override;
    Result<void> read(log::RecordType type, Sequence from, const journal::Visitor& visit) override;
    Result<void> purge(std::vector<Sequence> entries, const Task& task) override;
    [[nodiscard]] Sequence end() const override;
    Result<void> refresh() override;
    [[nodiscard]] Clock& clock() const override;
    [[nodiscard]] Random& random() const override;

private:
    Result<bool> readOne(log::RecordType type, Sequence sequence, const journal::Visitor& visit);
    Result<bool> readRun(log::RecordType type, std::span<const Sequence> run, const journal::Visitor& visit);

    StoreCore& m_core;
};

} // namespace carma::store
