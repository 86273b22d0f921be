// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/hits_model.h"

#include "app/text.h"

#include <QFileInfo>

namespace carma::gui {

void HitsModel::setAnswer(QueryAnswer answer)
{
    beginResetModel();
    m_answer = std::move(answer);
    endResetModel();
}

const QueryHit* HitsModel::hit(int row) const
{
    return row < 0 || row >= rowCount() ? nullptr : &m_answer.hits.at(static_cast<std::size_t>(row));
}

QString HitsModel::explanation(int row) const
{
    const QueryHit* one = hit(row);
    if (one == nullptr) {
        return {};
    }
    QString lines = tr("Score %1").arg(QLocale().toString(one->score, 'f', 4));
    for (const ScoreTerm& term : one->terms) {
        lines += '\n' +
            tr("%1: +%2 (raw %3)").arg(text(term.name), QLocale().toString(term.added, 'f', 4), QLocale().toString(term.raw, 'f', 4));
    }
    return lines;
}

int HitsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_answer.hits.size()); }
int HitsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnsCount; }

QVariant HitsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | (index.column() == Score ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role == Qt::ToolTipRole) {
        return explanation(index.row());
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const QueryHit& one = *hit(index.row());
    const DocumentSummary& document = one.fragment.document;
    switch (index.column()) {
    case Score: return QLocale().toString(one.score, 'f', 3);
    case Text: return one.fragment.state == FragmentState::Exact ? oneLine(text(one.fragment.text), 240) : tr("cannot be read");
    case Document: return document.title.empty() ? QFileInfo(text(document.path)).fileName() : oneLine(text(document.title), 120);
    case Place: return oneLine(text(one.fragment.place), 160);
    default: return {};
    }
}

QVariant HitsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && section == Score) {
        return QVariant::fromValue(Qt::AlignVCenter | Qt::AlignRight);
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Score: return tr("Score");
    case Text: return tr("Text");
    case Document: return tr("Document");
    case Place: return tr("Place");
    default: return {};
    }
}

} // namespace carma::gui
