// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/table_tools.h"

#include "app/files.h"
#include "app/text.h"
#include "frame/page.h"
#include "pages/table_export.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QMenu>
#include <QTableView>

namespace carma::gui {

namespace {

constexpr int kCopiedMax = 1000;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(TableTools)
};

void columnsMenu(QTableView* view, const QPoint& at)
{
    QHeaderView* header = view->horizontalHeader();
    auto* menu = new QMenu(view);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const int shown = header->count() - header->hiddenSectionCount();
    for (int visual = 0; visual < header->count(); ++visual) {
        const int column = header->logicalIndex(visual);
        QAction* action = menu->addAction(view->model()->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!view->isColumnHidden(column));
        action->setEnabled(view->isColumnHidden(column) || shown > 1);
        QObject::connect(action, &QAction::toggled, view, [view, column](bool on) {
            view->setColumnHidden(column, !on);
            if (on && view->columnWidth(column) < view->horizontalHeader()->sectionSizeHint(column)) {
                view->setColumnWidth(column, view->horizontalHeader()->sectionSizeHint(column));
            }
        });
    }
    menu->popup(header->mapToGlobal(at));
}

void copyRows(const QTableView* view)
{
    QStringList lines;
    for (const QModelIndex& index : view->selectionModel()->selectedRows()) {
        QStringList cells;
        for (int visual = 0; visual < view->horizontalHeader()->count(); ++visual) {
            const int column = view->horizontalHeader()->logicalIndex(visual);
            if (!view->isColumnHidden(column)) {
                cells.append(index.siblingAtColumn(column).data().toString());
            }
        }
        lines.append(cells.join('\t'));
        if (lines.size() >= kCopiedMax) {
            break;
        }
    }
    QApplication::clipboard()->setText(lines.join('\n'));
}

void rowsMenu(QTableView* view, const QPoint& at)
{
    auto* menu = new QMenu(view);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(Texts::tr("Copy the chosen rows"), view, [view] { copyRows(view); })
        ->setEnabled(view->selectionModel()->hasSelection());
    menu->addAction(Texts::tr("Export the table"), view, [view] { exportTable(view); })->setEnabled(view->model()->rowCount() > 0);
    menu->popup(view->viewport()->mapToGlobal(at));
}

} // namespace

Shell* shellOf(QWidget* widget)
{
    for (QWidget* each = widget; each != nullptr; each = each->parentWidget()) {
        if (auto* shell = dynamic_cast<Shell*>(each)) {
            return shell;
        }
    }
    return nullptr;
}

void equipTable(QTableView* view)
{
    QHeaderView* header = view->horizontalHeader();
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    view->setContextMenuPolicy(Qt::CustomContextMenu);
    QObject::connect(header, &QWidget::customContextMenuRequested, view, [view](const QPoint& at) { columnsMenu(view, at); });
    QObject::connect(view, &QWidget::customContextMenuRequested, view, [view](const QPoint& at) { rowsMenu(view, at); });
    auto* copy = new QAction(Texts::tr("Copy the chosen rows"), view);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(copy, &QAction::triggered, view, [view] { copyRows(view); });
    view->addAction(copy);
}

void exportTable(QTableView* view, const QString& path)
{
    new TableExporter(view, path, [view, path](const QString& problem) {
        if (Shell* shell = shellOf(view)) {
            problem.isEmpty() ? shell->tell(Texts::tr("Written to %1").arg(path))
                              : shell->tell(Problem{Texts::tr("The table could not be exported."), problem,
                                    Texts::tr("Choose another place and try again."), Remedy::None, {}});
        }
    });
}

void exportTable(QTableView* view)
{
    chooseSaveFile(
        view, Texts::tr("Export the table"), view->accessibleName().toLower().replace(' ', '-') + ".csv",
        [view](const QString& path) { exportTable(view, path); },
        Texts::tr("Comma-separated (*.csv);;JSON (*.json);;JSON lines (*.jsonl)"));
}

QTableView* tableInUse(QWidget* root)
{
    for (QWidget* each = QApplication::focusWidget(); each != nullptr && root->isAncestorOf(each); each = each->parentWidget()) {
        if (auto* view = qobject_cast<QTableView*>(each)) {
            return view;
        }
    }
    for (QTableView* view : root->findChildren<QTableView*>()) {
        if (view->isVisible()) {
            return view;
        }
    }
    return nullptr;
}

} // namespace carma::gui
