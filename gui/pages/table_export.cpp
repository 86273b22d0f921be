// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/table_export.h"

#include "app/files.h"
#include "app/text.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QThreadPool>
#include <QTimer>

#include <algorithm>

namespace carma::gui {

namespace {

constexpr qint64 kSliceMs = 8;

std::vector<int> columnsOf(const QTableView& view)
{
    std::vector<int> columns;
    const QHeaderView* header = view.horizontalHeader();
    for (int visual = 0; visual < header->count(); ++visual) {
        const int column = header->logicalIndex(visual);
        if (!view.isColumnHidden(column)) {
            columns.push_back(column);
        }
    }
    return columns;
}

std::vector<int> rowsOf(const QTableView& view)
{
    std::vector<int> rows;
    for (const QModelIndex& index : view.selectionModel()->selectedRows()) {
        rows.push_back(index.row());
    }
    if (rows.size() < 2) { // one row is chosen nearly always, and nobody means it
        rows.resize(static_cast<std::size_t>(view.model()->rowCount()));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i] = static_cast<int>(i);
        }
    }
    std::ranges::sort(rows);
    return rows;
}

QStringList titlesOf(const QTableView& view)
{
    QStringList titles;
    for (const int column : columnsOf(view)) {
        titles.append(view.model()->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
    }
    return titles;
}

std::string csvCell(QString cell)
{
    if (!cell.isEmpty() && QString("=+-@\t\r").contains(cell.front())) {
        bool isNumber = false;
        (void)QLocale().toDouble(cell, &isNumber);
        if (!isNumber) {
            cell.prepend('\'');
        }
    }
    if (cell.contains('"') || cell.contains(',') || cell.contains('\n') || cell.contains('\r') || cell.contains(';')) {
        cell = '"' + cell.replace('"', "\"\"") + '"';
    }
    return bytesOf(cell);
}

} // namespace

TableForm tableFormOf(const QString& path)
{
    const QString end = QFileInfo(path).suffix().toLower();
    return end == "json" ? TableForm::Json : end == "jsonl" ? TableForm::JsonLines : TableForm::Csv;
}

TableText::TableText(TableForm form, QStringList titles) : m_form(form), m_titles(std::move(titles))
{
    if (m_form == TableForm::Csv) {
        add(m_titles);
        m_any = false;
    } else if (m_form == TableForm::Json) {
        m_text = "[";
    }
}

void TableText::add(const QStringList& cells)
{
    if (m_form == TableForm::Csv) {
        for (qsizetype i = 0; i < cells.size(); ++i) {
            m_text += (i == 0 ? "" : ",") + csvCell(cells[i]);
        }
        m_text += "\r\n";
        return;
    }
    QJsonObject object;
    for (qsizetype i = 0; i < cells.size() && i < m_titles.size(); ++i) {
        object.insert(m_titles[i], cells[i]);
    }
    const std::string line = QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
    m_text += m_form == TableForm::JsonLines ? line + '\n' : (m_any ? ",\n" : "\n") + line;
    m_any = true;
}

std::string TableText::take()
{
    if (m_form == TableForm::Json) {
        m_text += m_any ? "\n]\n" : "]\n";
    }
    return std::move(m_text);
}

TableExporter::TableExporter(QTableView* view, const QString& path, std::function<void(const QString&)> done)
    : QObject(view), m_view(view), m_path(path), m_done(std::move(done)), m_columns(columnsOf(*view)), m_rows(rowsOf(*view)),
      m_text(tableFormOf(path), titlesOf(*view))
{
    const auto changed = [this] { end(tr("The table was filled anew meanwhile; export it again.")); };
    connect(view->model(), &QAbstractItemModel::modelReset, this, changed);
    connect(view->model(), &QAbstractItemModel::rowsRemoved, this, changed);
    connect(view->model(), &QAbstractItemModel::layoutChanged, this, changed);
    QTimer::singleShot(0, this, &TableExporter::step);
}

void TableExporter::step()
{
    if (m_ended) {
        return;
    }
    QElapsedTimer clock;
    clock.start();
    while (m_next < m_rows.size() && clock.elapsed() < kSliceMs) {
        QStringList cells;
        for (const int column : m_columns) {
            cells.append(m_view->model()->index(m_rows[m_next], column).data().toString());
        }
        m_text.add(cells);
        ++m_next;
    }
    if (m_next < m_rows.size()) {
        QTimer::singleShot(0, this, &TableExporter::step);
    } else {
        write();
    }
}

void TableExporter::write()
{
    disconnect(m_view->model(), nullptr, this, nullptr);
    QThreadPool::globalInstance()->start([path = m_path, bytes = m_text.take(), self = QPointer<TableExporter>(this)] {
        const Result<void> written = writeFile(path, bytes);
        const QString problem = written ? QString() : text(written.error().message);
        QMetaObject::invokeMethod(
            qApp,
            [self, problem] {
                if (self) {
                    self->end(problem);
                }
            },
            Qt::QueuedConnection);
    });
}

void TableExporter::end(const QString& problem)
{
    m_ended = true;
    m_view->model()->disconnect(this);
    if (m_done) {
        std::exchange(m_done, {})(problem);
    }
    deleteLater();
}

} // namespace carma::gui
