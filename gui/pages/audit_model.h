// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/audit.h>

#include <QAbstractTableModel>

#include <deque>
#include <vector>

namespace carma::gui {

/// Entries of the audit, the newest first. Holds the newest kRowsMax of those that came.
class AuditModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : int { Time, Outcome, Actor, Action, Object, Detail, Proof, ColumnsCount };
    static constexpr std::size_t kRowsMax = 200000;

    using QAbstractTableModel::QAbstractTableModel;
    void clear();
    void append(std::vector<AuditEntry> entries); ///< newer ones, in the order of the log
    void setVerified(Sequence below);             ///< entries below it stand in a history that was proven
    [[nodiscard]] const AuditEntry* entry(int row) const;
    [[nodiscard]] int find(Sequence sequence) const; ///< row, or -1
    [[nodiscard]] std::uint64_t dropped() const { return m_dropped; }
    static QString wordOf(AuditOutcome outcome);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString cell(const AuditEntry& entry, int column) const;

    std::deque<AuditEntry> m_entries; ///< the oldest first
    std::uint64_t m_dropped = 0;
    Sequence m_verified = 0;
};

} // namespace carma::gui
