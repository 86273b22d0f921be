// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/faults_model.h"

#include "app/text.h"
#include "app/theme.h"
#include "frame/icons.h"

namespace carma::gui {

namespace {

QString outcomeOf(FaultOutcome outcome)
{
    switch (outcome) {
    case FaultOutcome::Found: return FaultsModel::tr("damaged");
    case FaultOutcome::Healed: return FaultsModel::tr("healed");
    case FaultOutcome::Lost: return FaultsModel::tr("lost");
    }
    return {};
}

QString kindOf(FaultKind kind)
{
    switch (kind) {
    case FaultKind::MissingFolder: return FaultsModel::tr("missing folder");
    case FaultKind::MissingFile: return FaultsModel::tr("missing file");
    case FaultKind::Truncated: return FaultsModel::tr("wrong length");
    case FaultKind::BadSector: return FaultsModel::tr("bad sector");
    case FaultKind::ReadError: return FaultsModel::tr("read error");
    case FaultKind::Stale: return FaultsModel::tr("stale copy");
    }
    return {};
}

QVariant cell(const RememberedFault& one, int column)
{
    const bool sector = one.fault.kind == FaultKind::BadSector;
    switch (column) {
    case FaultsModel::Outcome: return outcomeOf(one.fault.outcome);
    case FaultsModel::Kind: return kindOf(one.fault.kind);
    case FaultsModel::File: return text(one.fault.file);
    case FaultsModel::Sector: return sector ? number(one.fault.sector) : QString();
    case FaultsModel::Bits: return sector && one.fault.flippedBits > 0 ? number(one.fault.flippedBits) : QString();
    case FaultsModel::Seen: return dateTime(one.lastSeenUs);
    case FaultsModel::Times: return number(one.times);
    default: return {};
    }
}

} // namespace

void FaultsModel::setFaults(std::vector<RememberedFault> faults)
{
    beginResetModel();
    m_faults = std::move(faults);
    endResetModel();
}

int FaultsModel::firstOf(const QString& file) const
{
    for (std::size_t i = 0; i < m_faults.size(); ++i) {
        if (text(m_faults[i].fault.file) == file) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

int FaultsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_faults.size()); }
int FaultsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnsCount; }

QVariant FaultsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const RememberedFault& one = m_faults[static_cast<std::size_t>(index.row())];
    if (role == Qt::DecorationRole && index.column() == Outcome) {
        const FaultOutcome outcome = one.fault.outcome;
        return outcome == FaultOutcome::Healed ? symbolIcon(Symbol::Good, tones().good)
            : outcome == FaultOutcome::Lost    ? symbolIcon(Symbol::Bad, tones().bad)
                                               : symbolIcon(Symbol::Warning, tones().warn);
    }
    const bool figure = index.column() == Sector || index.column() == Bits || index.column() == Times;
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | (figure ? Qt::AlignRight : Qt::AlignLeft));
    }
    return role == Qt::DisplayRole ? cell(one, index.column()) : QVariant();
}

QVariant FaultsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && (section == Sector || section == Bits || section == Times)) {
        return QVariant::fromValue(Qt::AlignVCenter | Qt::AlignRight);
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Outcome: return tr("Outcome");
    case Kind: return tr("Kind");
    case File: return tr("File");
    case Sector: return tr("Sector");
    case Bits: return tr("Bits");
    case Seen: return tr("Last seen");
    case Times: return tr("Times");
    default: return {};
    }
}

void LostModel::setItems(std::vector<LostItem> items)
{
    beginResetModel();
    m_items = std::move(items);
    endResetModel();
}

int LostModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_items.size()); }
int LostModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : 3; }

QVariant LostModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || role != Qt::DisplayRole) {
        return {};
    }
    const LostItem& one = m_items[static_cast<std::size_t>(index.row())];
    return index.column() == 0 ? text(one.title) : index.column() == 1 ? text(one.path) : text(one.what);
}

QVariant LostModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == 0 ? FaultsModel::tr("Document") : section == 1 ? FaultsModel::tr("Path") : FaultsModel::tr("What is lost");
}

} // namespace carma::gui
