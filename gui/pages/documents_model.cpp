// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/documents_model.h"

#include "app/text.h"
#include "app/theme.h"

#include <QFileInfo>
#include <QPointer>

namespace carma::gui {

namespace {

QString titleOf(const DocumentSummary& document)
{
    if (!document.title.empty()) {
        return oneLine(text(document.title), 200);
    }
    return document.path.empty() ? text(toString(document.id)) : QFileInfo(text(document.path)).fileName();
}

QString stateOf(const DocumentSummary& document)
{
    if (document.placeholders > 0) {
        return DocumentsModel::tr("%1 missing").arg(document.placeholders);
    }
    switch (document.state) {
    case FragmentState::Exact: return DocumentsModel::tr("exact");
    case FragmentState::Placeholder: return DocumentsModel::tr("placeholder");
    case FragmentState::Forgotten: return DocumentsModel::tr("forgotten");
    }
    return {};
}

QString tagsOf(const DocumentSummary& document)
{
    QStringList tags;
    for (const std::string& tag : document.tags) {
        tags.append(text(tag));
    }
    return oneLine(tags.join(", "), 200);
}

QString cell(const DocumentSummary& document, int column)
{
    switch (column) {
    case DocumentsModel::Title: return titleOf(document);
    case DocumentsModel::Path: return oneLine(text(document.path), 300);
    case DocumentsModel::Type: return text(document.mediaType);
    case DocumentsModel::Size: return sizeText(document.bytes);
    case DocumentsModel::Passages: return number(document.passages);
    case DocumentsModel::Changed: return date(document.modifiedUs != 0 ? document.modifiedUs : document.createdUs);
    case DocumentsModel::State: return stateOf(document);
    case DocumentsModel::Tags: return tagsOf(document);
    default: return {};
    }
}

} // namespace

void DocumentsModel::setSource(DocumentSource source) { m_source = std::move(source); }

void DocumentsModel::clear()
{
    beginResetModel();
    ++m_generation;
    m_before.clear();
    m_pages.clear();
    m_used.clear();
    m_wanted.clear();
    m_rows = 0;
    m_ended = true;
    m_fetching = false;
    endResetModel();
}

void DocumentsModel::reload()
{
    clear();
    m_ended = false;
    fetchMore({});
}

const DocumentSummary* DocumentsModel::document(int row) const
{
    if (row < 0 || row >= m_rows) {
        return nullptr;
    }
    const std::size_t page = static_cast<std::size_t>(row) / kPageRows;
    const auto found = m_pages.find(page);
    if (found == m_pages.end()) {
        want(page);
        return nullptr;
    }
    if (m_used.front() != page) {
        m_used.remove(page);
        m_used.push_front(page);
    }
    return &found->second.at(static_cast<std::size_t>(row) % kPageRows);
}

QStringList DocumentsModel::cellsOf(const DocumentSummary& document)
{
    QStringList cells;
    for (int column = 0; column < ColumnsCount; ++column) {
        cells.append(cell(document, column));
    }
    return cells;
}

int DocumentsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : m_rows; }
int DocumentsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnsCount; }

QVariant DocumentsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        const bool figure = index.column() == Size || index.column() == Passages;
        return QVariant::fromValue(Qt::AlignVCenter | (figure ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::ForegroundRole) {
        return {};
    }
    const DocumentSummary* one = document(index.row());
    if (role == Qt::ForegroundRole) {
        const bool damaged = one != nullptr && one->placeholders > 0 && index.column() == State;
        return damaged ? QVariant(tones().bad) : QVariant();
    }
    return one == nullptr ? QString(QChar(0x2026)) : cell(*one, index.column());
}

QVariant DocumentsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | (section == Size || section == Passages ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Title: return tr("Title");
    case Path: return tr("Path");
    case Type: return tr("Type");
    case Size: return tr("Size");
    case Passages: return tr("Passages");
    case Changed: return tr("Changed");
    case State: return tr("State");
    case Tags: return tr("Tags");
    default: return {};
    }
}

bool DocumentsModel::canFetchMore(const QModelIndex& parent) const { return !parent.isValid() && !m_ended && !m_fetching; }

void DocumentsModel::fetchMore(const QModelIndex& parent)
{
    if (!canFetchMore(parent) || !m_source) {
        return;
    }
    m_fetching = true;
    FragmentId after;
    if (!m_pages.empty() && m_rows > 0) {
        const auto last = m_pages.find(m_before.size() - 1);
        after = last != m_pages.end() ? last->second.back().id : m_before.back();
    }
    m_source(after, kPageRows, [model = QPointer<DocumentsModel>(this), generation = m_generation, after](auto documents) {
        if (model && model->m_generation == generation) {
            if (!documents.empty()) {
                model->m_before.push_back(after);
            }
            model->append(std::move(documents));
            model->m_fetching = false; // only now: who hears of the rows must not ask for more in the middle
        }
    });
}

void DocumentsModel::append(std::vector<DocumentSummary> documents)
{
    m_ended = documents.size() < kPageRows;
    if (!documents.empty()) {
        const int count = static_cast<int>(documents.size());
        beginInsertRows({}, m_rows, m_rows + count - 1);
        keep(m_before.size() - 1, std::move(documents));
        m_rows += count;
        endInsertRows();
    }
    emit loaded();
}

void DocumentsModel::keep(std::size_t page, std::vector<DocumentSummary> documents) const
{
    m_pages[page] = std::move(documents);
    m_used.remove(page);
    m_used.push_front(page);
    const std::size_t last = m_before.size() - 1; // the next page is found from its end
    while (m_pages.size() > kPagesKept) {
        const auto victim = m_used.back() != last ? std::prev(m_used.end()) : std::prev(m_used.end(), 2);
        m_pages.erase(*victim);
        m_used.erase(victim);
    }
}

void DocumentsModel::want(std::size_t page) const
{
    if (!m_source || page >= m_before.size() || !m_wanted.insert(page).second) {
        return;
    }
    const QPointer<DocumentsModel> model(const_cast<DocumentsModel*>(this));
    m_source(m_before[page], kPageRows, [model, generation = m_generation, page](auto documents) {
        if (model && model->m_generation == generation) {
            model->take(page, std::move(documents));
        }
    });
}

void DocumentsModel::take(std::size_t page, std::vector<DocumentSummary> documents)
{
    m_wanted.erase(page);
    const int first = static_cast<int>(page * kPageRows);
    const int last = std::min(m_rows, first + static_cast<int>(kPageRows)) - 1;
    documents.resize(static_cast<std::size_t>(last) - static_cast<std::size_t>(first) + 1); // something may have been forgotten meanwhile
    keep(page, std::move(documents));
    emit dataChanged(index(first, 0), index(last, ColumnsCount - 1));
}

} // namespace carma::gui
