// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/layout_keeper.h"

#include <QHeaderView>
#include <QMainWindow>
#include <QSplitter>
#include <QTableView>

namespace carma::gui {

namespace {

/// Calls visit(name, splitter or header) for each that keeps a state.
template <typename Visit> void each(const std::vector<std::pair<QString, QWidget*>>& pages, Visit visit)
{
    for (const auto& page : pages) {
        int number = 0;
        for (QSplitter* split : page.second->findChildren<QSplitter*>()) {
            visit(QString("%1.split%2").arg(page.first).arg(number++), split);
        }
        number = 0;
        for (const QTableView* table : page.second->findChildren<QTableView*>()) {
            visit(QString("%1.table%2").arg(page.first).arg(number++), table->horizontalHeader());
        }
    }
}

} // namespace

LayoutState layoutOf(const QMainWindow& window, const std::vector<std::pair<QString, QWidget*>>& pages)
{
    LayoutState state{{"window", window.saveGeometry()}, {"docks", window.saveState()}};
    each(pages, [&state](const QString& name, const auto* part) { state[name] = part->saveState(); });
    return state;
}

void restoreLayout(QMainWindow& window, const std::vector<std::pair<QString, QWidget*>>& pages, const LayoutState& state)
{
    if (const auto geometry = state.find("window"); geometry != state.end()) {
        window.restoreGeometry(*geometry);
    }
    if (const auto docks = state.find("docks"); docks != state.end()) {
        window.restoreState(*docks);
    }
    each(pages, [&state](const QString& name, auto* part) {
        if (const auto kept = state.find(name); kept != state.end()) {
            part->restoreState(*kept);
        }
    });
}

} // namespace carma::gui
