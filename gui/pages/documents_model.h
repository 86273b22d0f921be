// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/memory.h>

#include <QAbstractTableModel>

#include <functional>
#include <list>
#include <map>
#include <set>
#include <vector>

namespace carma::gui {

/// Asks for the documents that follow `after`; calls back later, in the GUI thread, or never.
using DocumentSource =
    std::function<void(const FragmentId& after, std::size_t limit, std::function<void(std::vector<DocumentSummary>)> answer)>;

/// Documents in the order of their ids, page by page as the view needs them. Only the pages near what is seen are kept; for the others
/// the id before their first row is, so that they can be fetched again. A million rows take some megabytes.
class DocumentsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : int { Title, Path, Type, Size, Passages, Changed, State, Tags, ColumnsCount };
    static constexpr std::size_t kPageRows = 500;
    static constexpr std::size_t kPagesKept = 40;

    using QAbstractTableModel::QAbstractTableModel;
    void setSource(DocumentSource source);
    void reload();
    void clear();
    [[nodiscard]] const DocumentSummary* document(int row) const; ///< null while it is on its way
    static QStringList cellsOf(const DocumentSummary& document);  ///< what stands in its row
    [[nodiscard]] std::size_t pagesHeld() const { return m_pages.size(); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;

signals:
    void loaded();

private:
    void take(std::size_t page, std::vector<DocumentSummary> documents);
    void append(std::vector<DocumentSummary> documents);
    void keep(std::size_t page, std::vector<DocumentSummary> documents) const;
    void want(std::size_t page) const;

    DocumentSource m_source;
    std::uint64_t m_generation = 0;
    std::vector<FragmentId> m_before; ///< per page: the id before its first row
    int m_rows = 0;
    bool m_ended = true;
    bool m_fetching = false;
    // What is at hand changes while a view only reads.
    mutable std::map<std::size_t, std::vector<DocumentSummary>> m_pages;
    mutable std::list<std::size_t> m_used; ///< pages, the last used first
    mutable std::set<std::size_t> m_wanted;
};

} // namespace carma::gui
