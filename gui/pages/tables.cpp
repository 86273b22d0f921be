// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/tables.h"

#include "frame/widgets.h"
#include "pages/table_tools.h"

#include <QAbstractProxyModel>
#include <QHeaderView>
#include <QVBoxLayout>

#include <algorithm>

namespace carma::gui {

namespace {
constexpr int kAdviceWidth = 440;
constexpr int kLastMin = 60;
} // namespace

QTableView* tableView(QAbstractItemModel* model, const QString& name, std::initializer_list<int> widths)
{
    auto* view = named(new QTableView, name);
    view->setModel(model);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setShowGrid(false);
    view->setAlternatingRowColors(true);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->setFrameShape(QFrame::NoFrame);
    view->verticalHeader()->hide();
    view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed); // measuring rows would make them all
    view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + 10);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setSectionsMovable(true);
    view->horizontalHeader()->setStretchLastSection(true);
    view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    if (model->columnCount() > 0) {
        view->setColumnWidth(model->columnCount() - 1, kLastMin); // it grows, but never shrinks below this
    }
    equipTable(view);
    int column = 0;
    for (const int width : widths) {
        view->setColumnWidth(column, std::max(width, view->horizontalHeader()->sectionSizeHint(column))); // words differ by language
        ++column;
    }
    return view;
}

TableOrAdvice::TableOrAdvice(
    QWidget* table, const QAbstractItemModel* model, const QString& what, const QString& advice, QPushButton* press)
    : m_model(model)
{
    auto* empty = new QWidget;
    auto* words = quiet(advice);
    words->setAlignment(Qt::AlignHCenter);
    words->setFixedWidth(kAdviceWidth);
    words->setMinimumHeight(words->heightForWidth(kAdviceWidth));
    auto* column = new QVBoxLayout(empty);
    column->setSpacing(8);
    column->addStretch();
    column->addWidget(heading(what, 2), 0, Qt::AlignHCenter);
    column->addWidget(words, 0, Qt::AlignHCenter);
    if (press != nullptr) {
        column->addSpacing(4);
        column->addWidget(press, 0, Qt::AlignHCenter);
    }
    column->addStretch();
    addWidget(table);
    addWidget(empty);
    connect(model, &QAbstractItemModel::modelReset, this, &TableOrAdvice::choose);
    connect(model, &QAbstractItemModel::rowsInserted, this, &TableOrAdvice::choose);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &TableOrAdvice::choose);
    choose();
}

void TableOrAdvice::choose() { setCurrentIndex(m_model->rowCount() == 0 ? 1 : 0); }

int chosenRow(const QTableView* view)
{
    const QModelIndexList chosen = view->selectionModel()->selectedRows();
    if (chosen.isEmpty()) {
        return -1;
    }
    const auto* proxy = qobject_cast<const QAbstractProxyModel*>(view->model());
    return (proxy != nullptr ? proxy->mapToSource(chosen.first()) : chosen.first()).row();
}

void chooseRow(QTableView* view, int row)
{
    const auto* proxy = qobject_cast<const QAbstractProxyModel*>(view->model());
    const QModelIndex index = proxy != nullptr ? proxy->mapFromSource(proxy->sourceModel()->index(row, 0)) : view->model()->index(row, 0);
    if (index.isValid()) {
        view->selectRow(index.row());
    }
}

} // namespace carma::gui
