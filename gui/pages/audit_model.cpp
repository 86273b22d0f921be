// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/audit_model.h"

#include "app/text.h"
#include "app/theme.h"
#include "frame/icons.h"

#include <algorithm>
#include <iterator>

namespace carma::gui {

namespace {

constexpr qsizetype kLettersMax = 300;

QString stateText(AuditState state)
{
    switch (state) {
    case AuditState::Erased: return AuditModel::tr("(erased)");
    case AuditState::Purged: return AuditModel::tr("(its time was over)");
    case AuditState::Lost: return AuditModel::tr("(cannot be read)");
    case AuditState::Whole: break;
    }
    return {};
}

QIcon markOf(AuditOutcome outcome)
{
    switch (outcome) {
    case AuditOutcome::Done: return symbolIcon(Symbol::Good, tones().good);
    case AuditOutcome::Refused: return symbolIcon(Symbol::Warning, tones().warn);
    case AuditOutcome::Failed: break;
    }
    return symbolIcon(Symbol::Bad, tones().bad);
}

} // namespace

QString AuditModel::wordOf(AuditOutcome outcome)
{
    switch (outcome) {
    case AuditOutcome::Done: return tr("done");
    case AuditOutcome::Refused: return tr("refused");
    case AuditOutcome::Failed: return tr("failed");
    }
    return {};
}

void AuditModel::clear()
{
    beginResetModel();
    m_entries.clear();
    m_dropped = 0;
    endResetModel();
}

void AuditModel::append(std::vector<AuditEntry> entries)
{
    if (entries.empty()) {
        return;
    }
    if (entries.size() > kRowsMax) {
        m_dropped += entries.size() - kRowsMax;
        entries.erase(entries.begin(), entries.end() - static_cast<std::ptrdiff_t>(kRowsMax));
    }
    beginInsertRows({}, 0, static_cast<int>(entries.size()) - 1);
    std::move(entries.begin(), entries.end(), std::back_inserter(m_entries));
    endInsertRows();
    if (m_entries.size() > kRowsMax) {
        const std::size_t over = m_entries.size() - kRowsMax;
        beginRemoveRows({}, static_cast<int>(kRowsMax), static_cast<int>(m_entries.size()) - 1);
        m_entries.erase(m_entries.begin(), m_entries.begin() + static_cast<std::ptrdiff_t>(over));
        endRemoveRows();
        m_dropped += over;
    }
}

void AuditModel::setVerified(Sequence below)
{
    m_verified = below;
    if (!m_entries.empty()) {
        emit dataChanged(index(0, Proof), index(rowCount() - 1, Proof));
    }
}

const AuditEntry* AuditModel::entry(int row) const
{
    return row >= 0 && row < rowCount() ? &m_entries[m_entries.size() - 1 - static_cast<std::size_t>(row)] : nullptr;
}

int AuditModel::find(Sequence sequence) const
{
    const auto found = std::ranges::lower_bound(m_entries, sequence, {}, &AuditEntry::sequence);
    return found == m_entries.end() || found->sequence != sequence ? -1 : static_cast<int>(std::distance(found, m_entries.end())) - 1;
}

int AuditModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_entries.size()); }
int AuditModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnsCount; }

QString AuditModel::cell(const AuditEntry& entry, int column) const
{
    switch (column) {
    case Time: return dateTime(entry.timeUs);
    case Outcome: return wordOf(entry.outcome);
    case Actor: return entry.state == AuditState::Whole ? oneLine(text(entry.actor), kLettersMax) : stateText(entry.state);
    case Action: return text(entry.action);
    case Object: return oneLine(text(entry.object), kLettersMax);
    case Detail: return oneLine(text(entry.detail.empty() ? entry.reason : entry.detail), kLettersMax);
    case Proof: return entry.sequence < m_verified ? tr("verified") : tr("not verified");
    default: return {};
    }
}

QVariant AuditModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const AuditEntry& one = *entry(index.row());
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) {
        return cell(one, index.column());
    }
    if (role == Qt::DecorationRole && index.column() == Outcome) {
        return markOf(one.outcome);
    }
    if (role == Qt::DecorationRole && index.column() == Proof && one.sequence < m_verified) {
        return symbolIcon(Symbol::Good, tones().good);
    }
    return {};
}

QVariant AuditModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Time: return tr("Time");
    case Outcome: return tr("Outcome");
    case Actor: return tr("Actor");
    case Action: return tr("Action");
    case Object: return tr("Object");
    case Detail: return tr("Detail");
    case Proof: return tr("History");
    default: return {};
    }
}

} // namespace carma::gui
