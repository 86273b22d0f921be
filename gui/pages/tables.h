// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/rows_model.h"

#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>

#include <initializer_list>

class QPushButton;

namespace carma::gui {

/// A table of whole rows as all pages have it. `widths` of the first columns in pixels; the last one takes what is left.
QTableView* tableView(QAbstractItemModel* model, const QString& name, std::initializer_list<int> widths = {});

/// The table, or what to do while there is nothing to show in it.
class TableOrAdvice : public QStackedWidget {
    Q_OBJECT

public:
    /// Shows `advice` while `model` has no rows. `press` may be null.
    TableOrAdvice(QWidget* table, const QAbstractItemModel* model, const QString& what, const QString& advice, QPushButton* press);

private:
    void choose();
    const QAbstractItemModel* m_model;
};

/// The chosen row of `model`, which the view shows itself or through a proxy; -1 if none is.
int chosenRow(const QTableView* view);
/// Chooses a row of the model under the view's proxy, if it has one.
void chooseRow(QTableView* view, int row);

/// Sets rows and keeps the chosen one chosen.
template <typename Row> void showRows(QTableView* view, RowsModel<Row>* model, std::vector<Row> rows)
{
    const std::string kept = model->identity(chosenRow(view));
    model->setRows(std::move(rows));
    if (!kept.empty() && model->identity(chosenRow(view)) != kept) {
        chooseRow(view, model->find(kept));
    }
}

} // namespace carma::gui
