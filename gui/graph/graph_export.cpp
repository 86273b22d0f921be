// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graph_export.h"

#include "app/text.h"
#include "graph/graph_painter.h"

#include <QBuffer>
#include <QFontMetricsF>
#include <QSaveFile>
#include <QXmlStreamWriter>

#include <algorithm>

namespace carma::gui {

namespace {

constexpr double kPngPixelsPerUnit = 2;
constexpr double kLabelFrom = 9;
constexpr std::size_t kLabelsMax = 300;
constexpr qsizetype kPathLetters = 4096;

QString figure(double value) { return QString::number(value, 'f', 2); }

class SvgWriter {
public:
    SvgWriter(const Graph& graph, const Camera& camera, Theme theme)
        : m_graph(graph), m_camera(camera), m_tone(tonesOf(theme)), m_palette(paletteOf(theme)), m_xml(&m_bytes)
    {
    }

    QByteArray write()
    {
        m_xml.setAutoFormatting(true);
        m_xml.writeStartDocument();
        m_xml.writeStartElement("svg");
        m_xml.writeDefaultNamespace("http://www.w3.org/2000/svg");
        m_xml.writeAttribute("version", "1.1");
        m_xml.writeAttribute("width", figure(m_camera.size.width()));
        m_xml.writeAttribute("height", figure(m_camera.size.height()));
        m_xml.writeEmptyElement("rect");
        attributes({{"width", "100%"}, {"height", "100%"}, {"fill", m_palette.color(QPalette::Base).name()}});
        edges();
        nodes();
        labels();
        m_xml.writeEndDocument();
        return m_bytes;
    }

private:
    void attributes(std::initializer_list<std::pair<const char*, QString>> list)
    {
        for (const auto& [name, value] : list) {
            m_xml.writeAttribute(QLatin1String(name), value);
        }
    }
    void group(const char* name, std::initializer_list<std::pair<const char*, QString>> list)
    {
        m_xml.writeStartElement("g");
        m_xml.writeAttribute("id", QLatin1String(name));
        attributes(list);
    }
    [[nodiscard]] bool isSeen(NodeIndex i) const
    {
        const double radius = static_cast<double>(m_graph.node(i).radius);
        return m_graph.isShown(i) && m_camera.seen().adjusted(-radius, -radius, radius, radius).contains(m_graph.place(i));
    }
    void edges()
    {
        group("edges", {{"stroke", m_tone.quiet.name()}, {"stroke-width", "0.7"}, {"stroke-opacity", "0.35"}});
        for (const GraphEdge& edge : m_graph.edges()) {
            if (!isSeen(edge.from) || !isSeen(edge.to)) {
                continue;
            }
            const QPointF from = m_camera.toScreen(m_graph.place(edge.from));
            const QPointF to = m_camera.toScreen(m_graph.place(edge.to));
            m_xml.writeEmptyElement("line");
            attributes({{"x1", figure(from.x())}, {"y1", figure(from.y())}, {"x2", figure(to.x())}, {"y2", figure(to.y())}});
        }
        m_xml.writeEndElement();
    }
    void nodes()
    {
        group("nodes", {});
        for (NodeIndex i = 0; i < m_graph.size(); ++i) {
            if (isSeen(i)) {
                node(m_graph.node(i), m_camera.toScreen(m_graph.place(i)));
            }
        }
        m_xml.writeEndElement();
    }
    /// Health by shape as well: hollow and dashed, hollow and crossed out, or filled.
    void node(const GraphNode& node, const QPointF& at)
    {
        const double radius = GraphPainter::radiusOf(node, m_camera);
        const QString colour = colourOf(node.health, m_tone).name();
        const bool hollow = node.open || node.health == NodeHealth::Placeholder || node.health == NodeHealth::Hypothesis;
        m_xml.writeStartElement("circle");
        attributes({{"cx", figure(at.x())}, {"cy", figure(at.y())}, {"r", figure(radius)}, {"stroke", colour},
            {"fill",
                hollow                               ? QString("none")
                    : node.kind == NodeKind::Passage ? colour
                                                     : m_tone.mapSound.name()}});
        if (node.health == NodeHealth::Hypothesis || node.health == NodeHealth::Partly) {
            m_xml.writeAttribute("stroke-dasharray", "3 3");
        }
        m_xml.writeTextElement("title", node.title + ": " + nameOf(node.health));
        m_xml.writeEndElement();
        if (node.health == NodeHealth::Placeholder) {
            const double reach = radius * 0.5;
            m_xml.writeEmptyElement("path");
            attributes({{"d",
                            QString("M%1 %2L%3 %4M%1 %4L%3 %2")
                                .arg(figure(at.x() - reach), figure(at.y() - reach), figure(at.x() + reach), figure(at.y() + reach))},
                {"stroke", colour}, {"stroke-width", "1.5"}});
        }
    }
    void labels()
    {
        group("labels",
            {{"fill", m_palette.color(QPalette::Text).name()}, {"font-size", "10"}, {"font-family", "sans-serif"},
                {"text-anchor", "middle"}});
        std::size_t count = 0;
        for (const NodeIndex i : m_graph.documents()) {
            const double radius = GraphPainter::radiusOf(m_graph.node(i), m_camera);
            if (count < kLabelsMax && isSeen(i) && radius >= kLabelFrom) {
                const QPointF at = m_camera.toScreen(m_graph.place(i));
                m_xml.writeStartElement("text");
                attributes({{"x", figure(at.x())}, {"y", figure(at.y() + radius + 11)}});
                m_xml.writeCharacters(m_graph.node(i).title.left(28));
                m_xml.writeEndElement();
                ++count;
            }
        }
        m_xml.writeEndElement();
    }

    const Graph& m_graph;
    const Camera& m_camera;
    const Tones m_tone;
    const QPalette m_palette;
    QByteArray m_bytes;
    QXmlStreamWriter m_xml;
};

void graphMlKey(QXmlStreamWriter& xml, const char* id, const char* on, const char* type)
{
    xml.writeEmptyElement("key");
    xml.writeAttribute("id", QLatin1String(id));
    xml.writeAttribute("for", QLatin1String(on));
    xml.writeAttribute("attr.name", QLatin1String(id));
    xml.writeAttribute("attr.type", QLatin1String(type));
}

void graphMlData(QXmlStreamWriter& xml, const char* key, const QString& value)
{
    xml.writeStartElement("data");
    xml.writeAttribute("key", QLatin1String(key));
    xml.writeCharacters(value);
    xml.writeEndElement();
}

void graphMlNode(QXmlStreamWriter& xml, const GraphNode& node, const QPointF& place)
{
    xml.writeStartElement("node");
    xml.writeAttribute("id", text(toString(node.id)));
    graphMlData(xml, "title", node.title);
    graphMlData(xml, "path", oneLine(node.path, kPathLetters)); // XML has no control characters
    graphMlData(xml, "namespace", oneLine(node.space, kPathLetters));
    const char* kinds[] = {"document", "section", "passage"};
    const char* healths[] = {"exact", "recovered", "hypothesis", "partly lost", "lost"};
    graphMlData(xml, "kind", QLatin1String(kinds[static_cast<std::size_t>(node.kind)]));
    graphMlData(xml, "health", QLatin1String(healths[static_cast<std::size_t>(node.health)]));
    graphMlData(xml, "x", figure(place.x()));
    graphMlData(xml, "y", figure(place.y()));
    xml.writeEndElement();
}

} // namespace

QByteArray graphAsSvg(const Graph& graph, const Camera& camera, Theme theme) { return SvgWriter(graph, camera, theme).write(); }

QByteArray graphAsPng(const Graph& graph, const Camera& camera, Theme theme, double pixelsPerUnit)
{
    QImage picture((camera.size * pixelsPerUnit).toSize(), QImage::Format_ARGB32_Premultiplied);
    picture.setDevicePixelRatio(pixelsPerUnit);
    GraphPainter painter;
    painter.paint(picture, graph, camera, {}, theme);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    picture.convertToFormat(QImage::Format_RGB888).save(&buffer, "PNG");
    return bytes;
}

QByteArray graphAsGraphMl(const Graph& graph)
{
    QByteArray bytes;
    QXmlStreamWriter xml(&bytes);
    xml.setAutoFormatting(true);
    xml.writeStartDocument();
    xml.writeStartElement("graphml");
    xml.writeDefaultNamespace("http://graphml.graphdrawing.org/xmlns");
    for (const char* name : {"title", "path", "namespace", "kind", "health"}) {
        graphMlKey(xml, name, "node", "string");
    }
    graphMlKey(xml, "x", "node", "double");
    graphMlKey(xml, "y", "node", "double");
    graphMlKey(xml, "edge", "edge", "string");
    graphMlKey(xml, "similarity", "edge", "double");
    xml.writeStartElement("graph");
    xml.writeAttribute("edgedefault", "undirected");
    const auto passes = [&graph](NodeIndex i) { return graph.node(graph.node(i).owner).passes; };
    for (NodeIndex i = 0; i < graph.size(); ++i) {
        if (passes(i)) {
            graphMlNode(xml, graph.node(i), graph.place(i));
        }
    }
    for (const GraphEdge& edge : graph.edges()) {
        if (passes(edge.from) && passes(edge.to)) {
            xml.writeStartElement("edge");
            xml.writeAttribute("source", text(toString(graph.node(edge.from).id)));
            xml.writeAttribute("target", text(toString(graph.node(edge.to).id)));
            graphMlData(xml, "edge", edge.kind == EdgeKind::Tree ? "tree" : "neighbour");
            if (edge.kind == EdgeKind::Neighbour) {
                graphMlData(xml, "similarity", QString::number(static_cast<double>(edge.weight), 'f', 4));
            }
            xml.writeEndElement();
        }
    }
    xml.writeEndDocument();
    return bytes;
}

Result<void> exportGraph(const QString& path, const Graph& graph, const Camera& camera, Theme theme)
{
    QByteArray bytes;
    if (path.endsWith(".svg", Qt::CaseInsensitive)) {
        bytes = graphAsSvg(graph, camera, theme);
    } else if (path.endsWith(".png", Qt::CaseInsensitive)) {
        bytes = graphAsPng(graph, camera, theme, kPngPixelsPerUnit);
    } else if (path.endsWith(".graphml", Qt::CaseInsensitive)) {
        bytes = graphAsGraphMl(graph);
    } else {
        return Error{ErrorCode::InvalidArgument, "a graph is written as .svg, .png or .graphml"};
    }
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        return Error{ErrorCode::Io, bytesOf(path + ": " + file.errorString())};
    }
    return {};
}

} // namespace carma::gui
