import java.io.BufferedReader;
import java.io.InputStreamReader;
import javax.jms.Connection;
import javax.jms.ConnectionFactory;
import javax.jms.MapMessage;
import javax.jms.Message;
import javax.jms.Session;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.broker.BrokerService;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * A broker of AMQP 1.0 on a port of this machine, and JMS clients that send what they are told on stdin; it ends with it.
 * Arguments: artemis or classic, port, folder. A line: qpid or openwire, the topic, then text and the text, or map and name=value words,
 * numbers as name=#value.
 */
public class ActiveMqBroker {
  public static void main(String[] arguments) throws Exception {
    String address = "127.0.0.1:" + arguments[1];
    if (arguments[0].equals("artemis")) startArtemis(address);
    else startClassic(address, arguments[2]);
    System.out.println("ready");
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ", 4);
      ConnectionFactory factory =
          words[0].equals("qpid") ? new JmsConnectionFactory("amqp://" + address) : new ActiveMQConnectionFactory("vm://classic?create=false");
      send(factory, words[1], words[2], words[3]);
      System.out.println("sent");
    }
    Runtime.getRuntime().halt(0);
  }

  private static void startArtemis(String address) throws Exception {
    var configuration = new ConfigurationImpl();
    configuration.setPersistenceEnabled(false);
    configuration.setSecurityEnabled(false);
    configuration.addAcceptorConfiguration("amqp", "tcp://" + address + "?protocols=AMQP");
    var broker = new EmbeddedActiveMQ();
    broker.setConfiguration(configuration);
    broker.start();
  }

  private static void startClassic(String address, String folder) throws Exception {
    var broker = new BrokerService();
    broker.setBrokerName("classic");
    broker.setPersistent(false);
    broker.setUseJmx(false);
    broker.setDataDirectory(folder);
    broker.addConnector("amqp://" + address);
    broker.start();
    broker.waitUntilStarted();
  }

  private static void send(ConnectionFactory factory, String topic, String kind, String content) throws Exception {
    try (Connection connection = factory.createConnection()) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      Message message = kind.equals("text") ? session.createTextMessage(content) : mapOf(session, content);
      session.createProducer(session.createTopic(topic)).send(message);
    }
  }

  private static MapMessage mapOf(Session session, String content) throws Exception {
    MapMessage message = session.createMapMessage();
    for (String word : content.split(" ")) {
      String[] parts = word.split("=", 2);
      if (parts[1].startsWith("#")) message.setLong(parts[0], Long.parseLong(parts[1].substring(1)));
      else message.setString(parts[0], parts[1]);
    }
    return message;
  }
}
