// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPersistentModelIndex>
#include <QPointer>
#include <QString>
#include <QStringList>
#include <QTableView>

#include <functional>
#include <string>
#include <vector>

namespace carma::gui {

enum class TableForm : int { Csv, Json, JsonLines };
TableForm tableFormOf(const QString& path); ///< by the end of the name; CSV for others

/// Lines of a table in one of the forms. CSV as RFC 4180 has it; what a spreadsheet would take for a formula gets an apostrophe.
class TableText {
public:
    TableText(TableForm form, QStringList titles);
    void add(const QStringList& cells);
    std::string take(); ///< all of it

private:
    TableForm m_form;
    QStringList m_titles;
    std::string m_text;
    bool m_any = false;
};

/// Writes what a table shows, the chosen rows or all, in the order of its columns without the hidden ones. Rows are read a few at a time,
/// so that the event loop goes on; it gives up when the table is filled anew. Deletes itself.
class TableExporter : public QObject {
    Q_OBJECT

public:
    TableExporter(QTableView* view, const QString& path, std::function<void(const QString& problem)> done);

private:
    void step();
    void write();
    void end(const QString& problem);

    QPointer<QTableView> m_view;
    QString m_path;
    std::function<void(const QString&)> m_done;
    std::vector<int> m_columns; ///< of the model, as they stand on screen
    std::vector<int> m_rows;
    std::size_t m_next = 0;
    bool m_ended = false; ///< a step may still be on its way then
    TableText m_text;
};

} // namespace carma::gui
